"""The solver's rooms: drafts, files, team, handing in, receipts."""

from challenge.web.solve.room import blueprint
from challenge.web.solve.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
