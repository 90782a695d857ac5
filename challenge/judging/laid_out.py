"""The phases of a round as they are laid out: rows, names, and how far each is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.rules.lifecycles import READING

_BEGUN = sa.or_(Phase.number == 1, Phase.begun_at.is_not(None))


def of_round(session: Session, round_id: int) -> list[Phase]:
    """The phases in their order, without their criteria (one statement)."""
    query = sa.select(Phase).where(Phase.round_id == round_id).order_by(Phase.number)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def which(round_id: int, number: int | None = None) -> sa.ColumnElement[bool]:
    """The phase of a round by its number; without one those whose entries are known, the last is at hand."""
    return sa.and_(Phase.round_id == round_id, _BEGUN if number is None else Phase.number == number)


def counts(session: Session, round_id: int) -> dict[int, tuple[int, int, int]]:
    """Phase -> (judges, assignments that promise a card, cards locked) of a round (one statement)."""
    reading = sa.case((Assignment.state.in_(READING), Assignment.id))
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


def labels(session: Session, phase_id: int) -> dict[int, str]:
    """The judges of a phase, by the labels that others see (one statement)."""
    query = sa.select(PanelJudge.id, PanelJudge.label).where(PanelJudge.phase_id == phase_id)
    return dict(session.execute(query.order_by(PanelJudge.id)).all())


def names(session: Session, round_id: int) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """Number, kind, own names, and whether its entries are known, of each phase in order (one statement)."""
    query = sa.select(Phase.number, Phase.kind, Phase.name_zh, Phase.name_en, _BEGUN.label("begun"))
    return session.execute(query.where(Phase.round_id == round_id).order_by(Phase.number)).all()
