"""The doors of the hall: each module of this package names its own, here they are one table."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.stage import chair, draws, screen, seats

ROUTES: dict[str, dict[str, Action]] = {**chair.ROUTES, **seats.ROUTES, **screen.ROUTES, **draws.ROUTES}
