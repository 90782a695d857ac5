"""Handing in and taking back; versions and their receipts."""

from __future__ import annotations

from typing import Any

from flask import current_app, json

from challenge.api import paging, problems
from challenge.api.shapes import Data, gives, gives_page, takes
from challenge.api.solve.entries import whole
from challenge.api.solve.room import enter, tagged
from challenge.api.solve.shapes import EntryWhole, Submit, Submitted, Version
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.errors import NotFound, TooLate
from challenge.rules.permissions import Action
from challenge.submissions import queries, submitting, withdrawing
from challenge.submissions.models import Version as EnteredVersion


@takes(Submit)
@gives(Submitted)
def submit(asked: Data, ref: str) -> Any:
    """Hand it in. The answer is the receipt; too late, the problem holds the signed refusal."""
    session = db.session
    enter(ref, Action.SUBMISSION_READ)
    try:
        with session.begin_nested():
            version = submitting.submit(session, actor(), ref, asked.get("seen"))
    except TooLate as late:
        if late.code != "window_closed":
            raise
        # What came too late is recorded, in the same transaction in which it was refused.
        arrival = submitting.arrived_late(session, actor(), ref, late)
        answer = problems.of(late)
        answer.set_data(json.dumps({**json.loads(answer.get_data()), "refusal": dict(arrival.refusal)}))
        return answer
    return _submitted(version)


@takes(Submit)
@gives(EntryWhole)
def withdraw(_asked: Data, ref: str) -> Any:
    """Take it out of the round, until the close; it may be handed in again."""
    enter(ref, Action.SUBMISSION_READ)
    withdrawing.withdraw(db.session, actor(), ref)
    shown = enter(ref, Action.SUBMISSION_READ)
    return tagged(whole(shown), shown)


@gives_page(Version)
def versions(ref: str) -> Data:
    """Every version that was handed in, newest first."""
    shown = enter(ref, Action.SUBMISSION_READ)
    return paging.whole(queries.versions(db.session, shown.submission.id))


@gives(Submitted)
def receipt(ref: str, number: int) -> Any:
    """The receipt of a version, to be kept and verified anywhere."""
    shown = enter(ref, Action.SUBMISSION_READ)
    version = queries.version(db.session, shown.submission.id, number)
    if not version.receipt:
        raise NotFound
    return _submitted(version)


def _submitted(version: EnteredVersion) -> Data:
    return {
        "number": version.number,
        "submitted_at": version.submitted_at,
        "receipt": json.loads(current_app.json.dumps(dict(version.receipt))),
    }
