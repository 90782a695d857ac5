"""The auditor's rooms: everything of a scope is read here, and nothing is changed."""

from challenge.web.audit.pages import ROUTES
from challenge.web.audit.room import blueprint

__all__ = ["ROUTES", "blueprint"]
