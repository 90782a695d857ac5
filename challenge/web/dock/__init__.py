"""Docking: the room that a requirement's seeker, its broker and organizers, and the candidate share."""

from challenge.web.dock.room import blueprint
from challenge.web.dock.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
