"""The doors of the judges' rooms: each module of this package names its own, here they are one table."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.judge import ballot, desk, pairs, table, talk, views

ROUTES: dict[str, dict[str, Action]] = {
    **views.ROUTES,
    **desk.ROUTES,
    **table.ROUTES,
    **talk.ROUTES,
    **ballot.ROUTES,
    **pairs.ROUTES,
}
