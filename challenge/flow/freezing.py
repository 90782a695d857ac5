"""Drafts whose owners asked for it are entered at their close: a tick looks for those that are due.

The close itself never waits for them. What is due stands in a partial index, so a second without any costs
one short question, however many submissions there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from challenge.base.db import fresh_session
from challenge.submissions import at_close
from challenge.tasks.queue import Work

BATCH = 20  # the round is locked for so many at most; a requirement may close while its round is open


def enter_due(batch: int = BATCH) -> int:
    """Look at every draft that is due, some of one round a transaction; how many were looked at."""
    seen = 0
    while True:
        with fresh_session() as session:
            found = at_close.due(session, batch)
            if found is None:
                return seen
            session.rollback()  # the lock comes before every read that a write depends on
            at_close.settle(session, *found)
        seen += len(found[1])


def hasten(session: Session, payload: Mapping[str, Any]) -> Sequence[Work]:
    """A round that has closed, perhaps early, lets those that wait for its close be looked at now."""
    at_close.hasten(session, payload["round_id"])
    return ()
