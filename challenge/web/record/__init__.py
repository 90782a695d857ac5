"""The traceable record: the whole way of a need, an entry, an award or an agreement on one timeline."""

from challenge.web.record.pages import ROUTES
from challenge.web.record.room import blueprint

__all__ = ["ROUTES", "blueprint"]
