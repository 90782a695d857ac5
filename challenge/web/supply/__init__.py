"""What I have on offer: achievements of mine and of my organizations, and my profile as an expert."""

from challenge.web.supply.room import blueprint
from challenge.web.supply.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
