"""Before anybody outside the team reads a version or a file of it, the log says so; else it is not shown."""

from __future__ import annotations

from collections.abc import Iterable

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.reports import reads
from challenge.reports.reads import Read
from challenge.web.context import page_now


def note(role: str, *shown: Read) -> None:
    """Have it in the log, committed, that the reader reads these as `role`; once an hour each.

    Where the log cannot be written the page is refused (503 by the door): nobody reads unseen.
    """
    rows = reads.fresh(db.session, actor(), role, shown, page_now())
    if rows:
        with writing() as session:
            reads.write(session, rows)


def note_judge(ref: str, place: int = 0) -> None:
    """The same for what a judge reads with an assignment."""
    note("judge", *reads.of_assignment(db.session, ref, place))


def note_entries(role: str, ids: Iterable[int]) -> None:
    """The same for a page that shows several entries side by side, as they stand."""
    note(role, *reads.standing(db.session, ids))
