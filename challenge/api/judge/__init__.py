"""A judge's own work: what is assigned, the word before reading, the scorecard."""

from __future__ import annotations

from challenge.api.doors import room
from challenge.rules.permissions import Action

ROOMS = (
    room(
        __name__,
        "judging",
        ("GET", "/assignments", Action.ACCOUNT_USE, "desk:assignments"),
        ("GET", "/assignments/<ref>", Action.ASSIGNMENT_READ, "desk:assignment"),
        ("POST", "/assignments/<ref>/accept", Action.ASSIGNMENT_DECLARE, "desk:accept"),
        ("POST", "/assignments/<ref>/decline", Action.ASSIGNMENT_DECLARE, "desk:decline"),
        ("POST", "/assignments/<ref>/recuse", Action.ASSIGNMENT_RECUSE, "desk:recuse"),
        ("POST", "/assignments/<ref>/abstain", Action.ASSIGNMENT_ABSTAIN, "desk:abstain"),
        ("PATCH", "/assignments/<ref>/scorecard", Action.SCORE_SAVE, "desk:save"),
        ("POST", "/assignments/<ref>/lock", Action.SCORE_LOCK, "desk:lock"),
    ),
)
