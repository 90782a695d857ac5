"""Signing: the page where parties sign, the paper that comes of it, the registry, and proof for everyone."""

from challenge.web.signing.room import blueprint
from challenge.web.signing.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
