"""Agreements: those of one's own, the draft that both sides write, its versions, and a programme's texts."""

from challenge.web.agree.room import blueprint
from challenge.web.agree.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
