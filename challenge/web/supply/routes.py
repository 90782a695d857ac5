"""The doors of what is on offer: each module of this package names its own, here they are one table."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.supply import books, editing, mine, profile

ROUTES: dict[str, dict[str, Action]] = {**mine.ROUTES, **editing.ROUTES, **profile.ROUTES, **books.ROUTES}
