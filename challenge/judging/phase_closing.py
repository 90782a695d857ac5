"""The close of a phase that has one of its own: recorded once, whoever else ticks, with one event."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base.clock import db_now
from challenge.judging.models import Phase
from challenge.rounds import gate
from challenge.rounds.models import Round
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue


def due(session: Session, limit: int) -> list[int]:
    """Running rounds with a phase whose own close has passed and is not recorded yet."""
    query = (
        sa.select(Phase.round_id)
        .join(Round, Round.id == Phase.round_id)
        .where(
            Phase.closed_at.is_(None),
            Phase.closes_at <= db_now(),
            Round.launched_at.is_not(None),
            Round.cancelled_at.is_(None),
        )
    )
    return list(session.scalars(query.distinct().limit(limit)))


def record(session: Session, actor: Actor, round_id: int) -> int:
    """Record the close of each phase of the round that is due; how many this call recorded.

    The deadline in the row is the truth: scoring asks the gate, and a late record admits nobody.
    """
    require(actor, Action.PHASE_CLOSE)
    held = gate.hold(session, round_id, exclusive=True)
    if held.round.cancelled_at is not None or held.round.launched_at is None:
        return 0
    change = (
        sa.update(Phase)
        .where(Phase.round_id == round_id, Phase.closed_at.is_(None), Phase.closes_at <= held.now)
        .values(closed_at=held.now)
        .returning(Phase.id)
    )
    closed = sorted(session.scalars(change.execution_options(synchronize_session=False)))
    for phase_id in closed:
        queue.announce(
            session,
            "phase.closed",
            f"phase:{phase_id}",
            at=held.now,
            round_id=round_id,
            phase_id=phase_id,
        )
    where = chain.round_chain(round_id)
    entries = [chain.Entry(where, actor, "phase.closed", f"phase:{phase_id}", {}) for phase_id in closed]
    if entries:
        held.round.version += 1
        chain.record_many(session, entries, at=held.now)
    return len(closed)
