"""The doors of the seeker's rooms: each module of this package names its own, here they are one table."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.seek import (
    anew,
    answers,
    attaching,
    behalf,
    books,
    changes,
    decisions,
    editing,
    faces,
    mine,
    offers,
    papers,
    requirement,
    submissions,
    wording,
)

ROUTES: dict[str, dict[str, Action]] = {
    **mine.ROUTES,
    **editing.ROUTES,
    **attaching.ROUTES,
    **behalf.ROUTES,
    **books.ROUTES,
    **papers.ROUTES,
    **requirement.ROUTES,
    **wording.ROUTES,
    **faces.ROUTES,
    **changes.ROUTES,
    **answers.ROUTES,
    **submissions.ROUTES,
    **offers.ROUTES,
    **decisions.ROUTES,
    **anew.ROUTES,
}
