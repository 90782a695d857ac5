"""Requirements of one's organizations: written, handed in, answered; what came in for them; agreements."""

from __future__ import annotations

from challenge.api.doors import room
from challenge.rules.permissions import Action

ROOMS = (
    room(
        __name__,
        "needs",
        ("GET", "/needs", Action.ACCOUNT_USE, "needs:mine"),
        ("POST", "/needs", Action.REQUIREMENT_CREATE, "needs:create"),
        ("GET", "/needs/<ref>", Action.REQUIREMENT_READ, "needs:need"),
        ("PUT*", "/needs/<ref>", Action.REQUIREMENT_EDIT, "needs:edit"),
        ("POST", "/needs/<ref>/submit", Action.REQUIREMENT_SUBMIT, "needs:submit"),
        ("POST", "/needs/<ref>/withdraw", Action.REQUIREMENT_WITHDRAW, "needs:withdraw"),
        ("GET", "/needs/<ref>/questions", Action.REQUIREMENT_READ, "answers:questions"),
        ("POST", "/needs/<ref>/questions/<question>/answer", Action.QUESTION_ANSWER, "answers:answer"),
        ("GET", "/needs/<ref>/entries", Action.SUBMISSION_READ, "answers:entries"),
        ("GET", "/agreements", Action.ACCOUNT_USE, "answers:agreements"),
    ),
)
