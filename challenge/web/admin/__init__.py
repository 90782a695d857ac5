"""The administrator's rooms: people, organizations, and how the work is going."""

from challenge.web.admin.room import blueprint
from challenge.web.admin.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
