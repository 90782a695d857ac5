"""The doors of docking."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.dock import needs, pairs

ROUTES: dict[str, dict[str, Action]] = {**needs.ROUTES, **pairs.ROUTES}
