"""The database's time for one answer, read once; and who reads what, in the log before it is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask import g

from challenge.base import clock
from challenge.base.db import db, fresh_session
from challenge.base.session import actor
from challenge.reports import reads
from challenge.reports.reads import Reader, Row
from challenge.submissions.models import Version


def now() -> dt.datetime:
    """The database's time for this answer."""
    if "api_now" not in g:
        g.api_now = clock.now(db.session)
    at: dt.datetime = g.api_now
    return at


def note_version(role: str, version: Version) -> None:
    """This version is about to be shown to somebody outside its team."""
    _write(reads.of_version(db.session, _reader(role), version))


def note_judge(ref: str) -> None:
    """What a judge reads with this assignment is about to be shown."""
    _write(reads.of_assignment(db.session, _reader("judge"), ref))


def _reader(role: str) -> Reader:
    return Reader(actor().user_id, role, now())


def _write(rows: Sequence[Row]) -> None:
    """In a transaction of its own: nobody reads unseen, and nothing of the answer is let go of."""
    if rows:
        with fresh_session() as log:
            reads.write(log, rows)
