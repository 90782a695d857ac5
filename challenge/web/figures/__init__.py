"""Figures of the funnel: of a round, a programme, a branch, or of everything; and what stands behind each."""

from challenge.web.figures.pages import ROUTES
from challenge.web.figures.room import blueprint

__all__ = ["ROUTES", "blueprint"]
