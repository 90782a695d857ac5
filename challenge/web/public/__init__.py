"""The public site: rounds, requirements, results, receipts."""

from challenge.web.public.room import blueprint
from challenge.web.public.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
