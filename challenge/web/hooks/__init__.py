"""Webhooks of a programme or an organization: set up, tried out, and what was delivered."""

from challenge.web.hooks.pages import ROUTES
from challenge.web.hooks.room import blueprint

__all__ = ["ROUTES", "blueprint"]
