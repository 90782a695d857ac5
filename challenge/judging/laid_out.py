"""The phases of a round as they are laid out: rows, names, and how far each is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging.models import Assignment, PanelJudge, Phase


def of_round(session: Session, round_id: int) -> list[Phase]:
    """The phases in their order, without their criteria (one statement)."""
    query = sa.select(Phase).where(Phase.round_id == round_id).order_by(Phase.number)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def counts(session: Session, round_id: int) -> dict[int, tuple[int, int, int]]:
    """Phase -> (judges, assignments that promise a card, cards locked) of a round (one statement)."""
    reading = sa.case((Assignment.state.in_(("invited", "accepted", "completed")), Assignment.id))
    locked = sa.case((Assignment.state == "completed", Assignment.id))
    query = (
        sa.select(
            Phase.id,
            sa.func.count(sa.distinct(PanelJudge.id)),
            sa.func.count(sa.distinct(reading)),
            sa.func.count(sa.distinct(locked)),
        )
        .outerjoin(PanelJudge, PanelJudge.phase_id == Phase.id)
        .outerjoin(Assignment, Assignment.judge_id == PanelJudge.id)
        .where(Phase.round_id == round_id)
        .group_by(Phase.id)
    )
    return {phase: (judges, promised, done) for phase, judges, promised, done in session.execute(query)}


def names(session: Session, round_id: int) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """Number, kind, own names, and when its entries came in, of each phase in order (one statement)."""
    query = sa.select(Phase.number, Phase.kind, Phase.name_zh, Phase.name_en, Phase.begun_at)
    return session.execute(query.where(Phase.round_id == round_id).order_by(Phase.number)).all()
