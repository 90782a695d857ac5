"""A round's windows open and close: recorded once each, whoever else ticks, with audit entry and one event.

The deadline in the row is the truth. There is no job per round, so an edit needs no rescheduling, a restart
loses nothing, and a late tick admits nobody, because submitting asks the gate.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base.db import Base, fresh_session
from challenge.judging import phase_closing
from challenge.rounds import gate, queries
from challenge.rounds.models import Round, RoundWindow
from challenge.rules import stages
from challenge.rules.permissions import SYSTEM
from challenge.rules.stages import Stage
from challenge.submissions import sealing
from challenge.tasks import queue

BATCH = 200


def close_due(batch: int = BATCH) -> int:
    """Record every opening and closing that is due, a batch of rounds per transaction; how many were."""
    recorded = 0
    while True:
        with fresh_session() as session:
            ids = queries.due(session, batch)
            if not ids:
                return recorded
            session.rollback()  # the lock comes before every read that a write depends on
            changed = record_transitions(session, ids)
        recorded += changed
        if changed == 0 or len(ids) < batch:
            return recorded


def close_phases(batch: int = BATCH) -> int:
    """Record the close of every judging phase that has one of its own and is due; how many were."""
    with fresh_session() as session:
        ids = phase_closing.due(session, batch)
        session.rollback()
    recorded = 0
    for round_id in ids:
        with fresh_session() as session:
            recorded += phase_closing.record(session, SYSTEM, round_id)
    return recorded


def record_transitions(session: Session, round_ids: list[int]) -> int:
    """In one transaction: conditional updates, the stage, audit entries and one event per change."""
    gates = gate.hold_many(session, round_ids, exclusive=True)
    live = [each for each in gates.values() if each.round.cancelled_at is None and each.round.launched_at]
    if not live:
        return 0
    now = live[0].now
    changes = _conditional(session, [each.round.id for each in live], now)
    if not changes:
        return 0
    touched = {round_id for round_id, _, _ in changes}
    _record_stages(session, [each for each in live if each.round.id in touched], now)
    table = stages.TABLE
    entries = [
        chain.Entry(
            chain.round_chain(round_id),
            SYSTEM,
            table[Stage(stage)].closed if closing else table[Stage(stage)].opened,
            f"round:{round_id}",
            {"stage": stage},
        )
        for round_id, stage, closing in changes
    ]
    over = {round_id for round_id, stage, closing in changes if closing and stage == Stage.SUBMISSION}
    keys = sealing.release_keys(session, [each for each in live if each.round.id in over])
    works = [
        queue.Work(
            "event",
            f"event/{entry.action}/{entry.subject}/{now.isoformat()}",
            {"event": entry.action, "subject": entry.subject, "round_id": round_id, "at": now.isoformat()},
        )
        for entry, (round_id, _, _) in zip(entries, changes, strict=True)
    ]
    queue.put(session, *works, at=now)
    chain.record_many(session, [*entries, *keys], at=now)
    return len(changes)


def _conditional(session: Session, ids: list[int], now: dt.datetime) -> list[tuple[int, str, bool]]:
    """Rows whose update changed them: (round, stage, whether it was a closing), openings first."""
    mine = RoundWindow.round_id.in_(ids)
    opened = (
        sa.update(RoundWindow)
        .where(mine, RoundWindow.opened_at.is_(None), RoundWindow.opens_at <= now)
        .values(opened_at=now)
        .returning(RoundWindow.round_id, RoundWindow.stage, RoundWindow.position)
    )
    closed = (
        sa.update(RoundWindow)
        .where(mine, RoundWindow.closed_at.is_(None), RoundWindow.ends_at <= now)
        .values(closed_at=now)
        .returning(RoundWindow.round_id, RoundWindow.stage, RoundWindow.position)
    )
    plain = {"synchronize_session": False}
    rows = [(*row, False) for row in session.execute(opened.execution_options(**plain))]
    rows += [(*row, True) for row in session.execute(closed.execution_options(**plain))]
    ordered = sorted(rows, key=lambda row: (row[0], row[2], row[3]))
    return [(round_id, stage, closing) for round_id, stage, _, closing in ordered]


def _record_stages(session: Session, gates: list[gate.Gate], now: dt.datetime) -> None:
    table = Base.metadata.tables[Round.__tablename__]
    change = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("key"))
        .values(
            stage=sa.bindparam("to"),
            sort_at=sa.bindparam("next", type_=table.c.sort_at.type),
            version=table.c.version + 1,
        )
    )
    rows = [
        {
            "key": each.round.id,
            "to": queries.stage_of(each.round, each.windows, now).value,
            "next": queries.next_moment(list(each.windows.values()), now, each.round.sort_at),
        }
        for each in gates
    ]
    session.execute(change, rows)
