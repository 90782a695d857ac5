"""The doors of this room, with the action each asks for."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.enter import first, letter, trip

ROUTES: dict[str, dict[str, Action]] = {**trip.ROUTES, **first.ROUTES, **letter.ROUTES}
