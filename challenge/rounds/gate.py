"""The gate: every deadline-bound write begins here. The lock first, the windows and the clock after it.

A clock read before the lock, or in the same statement, accepts late when the lock was held across the
close. On PostgreSQL whoever submits takes the round's shared advisory lock, closing and every change of a
window the exclusive one; on SQLite both are the one write lock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from challenge.base import clock
from challenge.base.db import begin_write, is_sqlite
from challenge.rounds.models import Round, RoundWindow
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import NotFound
from challenge.rules.stages import Stage, Window, open_stages

LOCK_CLASS = 7301  # the first half of our advisory keys; the second is the round's id
_SHARED = sa.text("SELECT pg_advisory_xact_lock_shared(:space, CAST(:round AS integer))")
_EXCLUSIVE = sa.text(
    "SELECT pg_advisory_xact_lock(:space, r)"
    " FROM (SELECT unnest(CAST(:rounds AS integer[])) AS r ORDER BY 1) AS s"
)


@dataclass(frozen=True, slots=True)
class Gate:
    """What holds while the lock is held: the round, its windows, the database's time read after the lock."""

    round: Round
    windows: Mapping[Stage, Window]
    now: dt.datetime

    @property
    def open(self) -> frozenset[Stage]:
        """The stages whose windows are open at the gate's time."""
        return open_stages(self.windows, self.now)


def hold(session: Session, round_id: int, *, exclusive: bool = False) -> Gate:
    """Lock the round for this transaction, then read it. What was loaded before is read anew after it."""
    return hold_many(session, [round_id], exclusive=exclusive)[round_id]


def hold_of(
    session: Session, round_id: sa.ScalarSelect[int], rows: sa.Select[*tuple[Any, ...]] | None = None
) -> Gate:
    """The same, shared, for the round that a question names ("this submission's"): one statement less.

    The question must be about something that never changes. `rows` are locked in the statement that takes the
    round's lock, each after it; where there are none, nothing is locked, and nothing may be written. Raises
    NotFound where the question has no answer.
    """
    if is_sqlite(session):
        begin_write(session)
    else:
        of_round = sa.cast(round_id, sa.Integer)
        # As text: a row of type void cannot be looked at again when another changed what is locked beside it.
        lock = sa.cast(sa.func.pg_advisory_xact_lock_shared(LOCK_CLASS, of_round), sa.Text)
        first = sa.select(lock.label("held"))
        # Rows are locked as they leave the join, which has none before the function has its lock.
        session.execute(first if rows is None else rows.join(first.cte("round_lock"), sa.true()))
    gates = list(_gates(session, Round.id == round_id).values())
    if not gates:
        raise NotFound
    return gates[0]


def hold_many(session: Session, round_ids: Sequence[int], *, exclusive: bool = True) -> dict[int, Gate]:
    """Lock several rounds (in one order, so that two holders never wait for each other); raises NotFound."""
    if is_sqlite(session):
        begin_write(session)
    elif exclusive:
        session.execute(_EXCLUSIVE, {"space": LOCK_CLASS, "rounds": list(round_ids)})
    else:
        for round_id in sorted(round_ids):
            session.execute(_SHARED, {"space": LOCK_CLASS, "round": round_id})
    gates = _gates(session, Round.id.in_(round_ids))
    if len(gates) != len(set(round_ids)):
        raise NotFound
    return gates


def _gates(session: Session, which: sa.ColumnElement[bool]) -> dict[int, Gate]:
    """The rounds and the clock, read in one statement after the one that took the lock."""
    session.expire_all()  # nothing read before the lock is trusted
    query = (
        sa.select(Round, clock.db_now())
        .outerjoin(Round.windows)
        .join(Round.programme)
        .where(which)
        .order_by(Round.id, RoundWindow.position)
        .options(contains_eager(Round.windows), contains_eager(Round.programme))
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query).unique().all()
    now = max((at for _, at in rows), default=None)
    return {each.id: Gate(each, windows_of(each), now) for each, _ in rows} if now else {}
