"""What everyone reads: rounds, requirements, announcements, questions, results, the funnel, search."""

from __future__ import annotations

from challenge.api.doors import room
from challenge.rules.permissions import Action

ROOMS = (
    room(
        __name__,
        None,
        ("GET", "/openapi.json", Action.PAGE_READ, "about:openapi"),
        ("GET", "/docs", Action.PAGE_READ, "about:docs"),
        ("GET", "/programmes", Action.PAGE_READ, "figures:programmes"),
        ("GET", "/funnel", Action.PAGE_READ, "figures:funnel"),
        ("GET", "/rounds", Action.PAGE_READ, "rounds:rounds"),
        ("GET", "/rounds/<slug>", Action.ROUND_READ, "rounds:round_"),
        ("GET", "/rounds/<slug>/requirements", Action.ROUND_READ, "needs:of_round"),
        ("GET", "/rounds/<slug>/announcements", Action.ROUND_READ, "rounds:announcements"),
        ("GET", "/rounds/<slug>/changes", Action.ROUND_READ, "rounds:changes"),
        ("GET", "/rounds/<slug>/questions", Action.ROUND_READ, "rounds:questions"),
        ("GET", "/rounds/<slug>/panels", Action.ROUND_READ, "results:panels"),
        ("GET", "/rounds/<slug>/results", Action.ROUND_READ, "results:of_round"),
        ("GET", "/rounds/<slug>/ranking", Action.ROUND_READ, "results:ranking"),
        ("GET", "/results", Action.PAGE_READ, "results:results"),
        ("GET", "/requirements", Action.PAGE_READ, "needs:requirements"),
        ("GET", "/requirements/<ref>", Action.PAGE_READ, "needs:requirement"),
        ("GET", "/requirements/<ref>/questions", Action.PAGE_READ, "needs:questions"),
        ("GET", "/search", Action.PAGE_READ, "search:find"),
    ),
)
