"""The organizer's rooms: programmes, rounds, screening, judging, awards."""

from challenge.web.organize.room import blueprint
from challenge.web.organize.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
