"""Three days and one day before a judging phase closes: those who lag are reminded, once each.

There is no job per phase: every few minutes the closes that are near are looked up, and each puts a row of
work under a name of its own. A close that moved has new names; a restart loses nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.judging import reminding
from challenge.judging.models import Phase
from challenge.judging.turns import state_of, window_of
from challenge.rounds.models import Round
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import WrongState
from challenge.rules.permissions import SYSTEM
from challenge.rules.stages import Stage
from challenge.tasks import queue
from challenge.tasks.queue import Work

DAYS = (1, 3)  # the nearer first: of a close that is a day away nobody is told "three days"


def due(session: Session) -> list[Work]:
    """A row of work for each open phase whose close is three days or one day away (three statements)."""
    now = clock.now(session)
    running = (Round.stage == Stage.JUDGING.value, Round.launched_at.is_not(None))
    query = (
        sa.select(Phase, Round)
        .join(Round, Round.id == Phase.round_id)
        .where(*running, Round.cancelled_at.is_(None), Phase.closed_at.is_(None))
        .options(selectinload(Round.windows), joinedload(Round.programme))
        .order_by(Phase.id)
    )
    return [work for phase, round_ in session.execute(query) for work in _work(phase, round_, now)]


def _work(phase: Phase, round_: Round, now: dt.datetime) -> Iterator[Work]:
    windows = windows_of(round_)
    window = window_of(phase, windows)
    if window is None or window.closes_at is None or state_of(phase, windows, now) != "open":
        return
    closes, opens = window.closes_at, window.opens_at
    for days in DAYS:
        start = closes - dt.timedelta(days=days)
        if start <= now < closes:
            # A phase that was opened no earlier than that has just told its judges to begin.
            if opens is None or opens < start:
                facts = {"round_id": round_.id, "number": phase.number, "days": days}
                key = f"remind/phase:{phase.id}/{closes.isoformat()}/{days}d"
                yield Work("remind", key, {**facts, "closes_at": closes.isoformat()})
            return


def run(task: queue.Leased) -> None:
    """Remind those who lag; nothing where the phase has closed, or its close has moved, since."""
    with fresh_session() as session:
        try:
            reminding.remind(
                session,
                SYSTEM,
                task.payload["round_id"],
                task.payload["number"],
                days=task.payload["days"],
                closes_at=dt.datetime.fromisoformat(task.payload["closes_at"]),
            )
        except WrongState:
            session.rollback()
