"""Signing in by an account elsewhere: the way there, the way back, and a first visit's questions."""

from challenge.web.enter.room import blueprint
from challenge.web.enter.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
