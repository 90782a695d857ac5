"""Agreements: from the first draft to the last report."""

from challenge.web.agree.room import blueprint
from challenge.web.agree.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
