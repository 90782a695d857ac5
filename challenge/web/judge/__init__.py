"""The judges' rooms: the queue, the declaration, the desk with its scorecard, own scores side by side."""

from challenge.web.judge.room import blueprint
from challenge.web.judge.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
