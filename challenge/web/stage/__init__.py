"""The hall of a final on site: the chair's desk, the judges' seats, the big screen, the draw."""

from challenge.web.stage.room import blueprint
from challenge.web.stage.routes import ROUTES

__all__ = ["ROUTES", "blueprint"]
