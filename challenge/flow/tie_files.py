"""Files of past ties in `flask work`: read, and entered as whoever brought them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from challenge.accounts import grants
from challenge.accounts.models import User
from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.files.storage import storage
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules import tie_files as rules
from challenge.rules.errors import NotAllowed
from challenge.rules.permissions import Actor, Subject
from challenge.rules.workbooks import Fault, Limits
from challenge.tasks import queue
from challenge.tasks.queue import Leased
from challenge.ties import brought
from challenge.ties.models import TieFile

Read = Callable[[bytes, Limits], list[list[str]] | str]
WORKBOOK = b"PK\x03\x04"


def rows_of(data: bytes, read: Read) -> list[list[str]] | str:
    """The rows of a workbook or a CSV file, or why there are none."""
    return read(data, rules.LIMITS) if data.startswith(WORKBOOK) else rules.from_csv(data)


def make(task: Leased, read: Read) -> None:
    """Do what the row of work names; what is done already is left as it is."""
    with fresh_session() as session:
        file = brought.waiting(session, task.payload["id"])
        if file is None:
            return
        sha256, size = file.sha256 or "", file.size
    rows = rows_of(b"".join(storage().read(sha256, 0, size)), read)
    with fresh_session() as session:
        file = brought.waiting(session, task.payload["id"])
        if file is not None:
            _enter(session, file, rows)
        queue.finish(session, task)


def _enter(session: Session, file: TieFile, rows: list[list[str]] | str) -> None:
    programme = session.get(Programme, file.programme_id)
    author = session.get(User, file.author_id) if file.author_id is not None else None
    actor = grants.actor_of(session, author) if author is not None else Actor()
    subject = programmes.subject_of(programme) if programme is not None else Subject(kind="programme")
    try:
        brought.enter(session, actor, subject, file, rows)
    except NotAllowed:  # whoever brought it may no longer
        brought.refuse(session, file, [Fault("A1", "not_allowed")], clock.now(session))
