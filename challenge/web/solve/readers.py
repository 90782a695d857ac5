"""Who may read a submission, and who did; all of it to take along."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.exchange import entries
from challenge.reports import readers as who
from challenge.reports import reads
from challenge.rules.permissions import Action
from challenge.web.papers import archive as sent
from challenge.web.solve.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "readers": {"GET": Action.SUBMISSION_READ},
    "archive": {"GET": Action.SUBMISSION_READ},
}


@blueprint.get("/<ref>/readers")
def readers(ref: str) -> ResponseReturnValue:
    """Who may read it, by the permission table, and who did, by the log."""
    shown = enter(ref, Action.SUBMISSION_READ)
    return draw(
        "solve/readers.html",
        shown,
        circles=who.circles(db.session, shown),
        lines=reads.of_submission(db.session, shown.submission.id),
        most=reads.MOST_LINES,
    )


@blueprint.get("/<ref>/all.zip")
def archive(ref: str) -> Response:
    """All of this submission as a zip, made while it is sent."""
    shown = enter(ref, Action.SUBMISSION_READ)
    name = f"{shown.round.slug}-{shown.submission.code}.zip"
    return sent(entries.members(shown.submission.id, viewer=actor().user_id), name)
