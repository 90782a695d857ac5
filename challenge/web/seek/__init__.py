"""The seeker's rooms: my requirements, the form, files, handing in, answers."""

from challenge.web.seek.room import blueprint
from challenge.web.seek.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
