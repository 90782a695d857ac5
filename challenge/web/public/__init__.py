"""The public site: rounds, requirements, results, receipts."""

from challenge.web.public.routes import ROUTES
from challenge.web.public.views import blueprint

__all__ = ["ROUTES", "blueprint"]
