"""When a round's likeness check runs: after the close, a sealed round's release, and when asked."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.submissions import likeness
from challenge.submissions.models import Submission
from challenge.tasks import queue
from challenge.tasks.queue import Leased, Work

PAUSE = dt.timedelta(minutes=1)
SECONDS = 45.0  # of one row of work


def of_round(session: Session, facts: Mapping[str, Any]) -> list[Work]:
    """The check of a round, from the beginning."""
    round_id, now = int(facts["round_id"]), clock.now(session)
    likeness.begin(session, round_id, now)
    return [_work(round_id, now.isoformat())]


def of_entry(session: Session, facts: Mapping[str, Any]) -> list[Work]:
    """What is entered after the close: the check once more, for all of a minute together."""
    submission = session.get_one(Submission, facts["submission_id"])
    if likeness.known(session, submission.round_id) is None:
        return []  # the round is open still: its close asks for the check
    now = clock.now(session)
    likeness.begin(session, submission.round_id, now)
    return [_work(submission.round_id, f"{now:%Y-%m-%dT%H:%M}", PAUSE)]


def _work(round_id: int, mark: str, delay: dt.timedelta = dt.timedelta(0)) -> Work:
    return Work("likeness", f"likeness/{round_id}/{mark}", {"round_id": round_id}, delay)


def run(task: Leased, seconds: float = SECONDS) -> None:
    """Every step in a transaction of its own; killed anywhere, the next try goes on where it was.

    A long check goes on in a row of work of its own, long before the lease of this one ends.
    """
    began, more = time.monotonic(), True
    while more:
        with fresh_session() as session:
            more = likeness.step(session, task.payload["round_id"])
            if not more:
                queue.finish(session, task)
            elif time.monotonic() - began > seconds:
                queue.put(session, Work("likeness", f"{task.key}+", task.payload))
                queue.finish(session, task)
                return
