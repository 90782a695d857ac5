"""Services: the catalogue that everyone reads, what was asked for, and the desk of a centre."""

from challenge.web.services.room import blueprint
from challenge.web.services.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
