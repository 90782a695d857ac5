"""Before anybody outside the team reads a version or a file of it, the log says so; else it is not shown.

Each of these commits its row, once an hour for each reader and thing. Where the log cannot be written, the
page is refused (503 by the door): nobody reads unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from challenge.base.db import db, fresh_session, writing
from challenge.base.session import actor
from challenge.reports import reads
from challenge.reports.reads import Reader, Row
from challenge.submissions.models import Version
from challenge.web.context import page_now


def note(role: str, version: Version, place: int = 0) -> None:
    """This version is about to be shown, or its file at `place` (from 1)."""
    _write(reads.of_version(db.session, _reader(role), version, place))


def note_judge(ref: str, place: int = 0) -> None:
    """What a judge reads with this assignment is about to be shown."""
    _write(reads.of_assignment(db.session, _reader("judge"), ref, place))


def note_entries(role: str, ids: Iterable[int]) -> None:
    """What stands of these submissions is about to be shown side by side."""
    _write(reads.of_entries(db.session, _reader(role), ids))


def _reader(role: str) -> Reader:
    # Whoever looks on as somebody reads under their own name.
    if (looker := actor().seen_by) is not None:
        return Reader(looker, "admin", page_now())
    return Reader(actor().user_id, role, page_now())


def _write(rows: Sequence[Row]) -> None:
    if rows:
        with fresh_session() if actor().seen_by is not None else writing() as session:
            reads.write(session, rows)
