"""How far the judges of a phase are that is not judged by scorecards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.judging.ways_models import Ballot, Pair
from challenge.rules.lifecycles import TAKEN


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A judge: how many entries they read, ranked, compared, and whether it is locked. Never which."""

    label: str
    name: str | None
    reading: int
    ranked: int
    locked_at: dt.datetime | None
    compared: int


def seats(session: Session, phase: Phase) -> list[SeatLine]:
    """Every judge of the phase with their ballot (one statement)."""
    reading = (
        sa.select(sa.func.count())
        .where(Assignment.judge_id == PanelJudge.id, Assignment.state.in_(TAKEN))
        .correlate(PanelJudge)
        .scalar_subquery()
    )
    compared = (
        sa.select(sa.func.count())
        .where(Pair.judge_id == PanelJudge.id, Pair.choice.in_(("first", "second")))
        .correlate(PanelJudge)
        .scalar_subquery()
    )
    query = (
        sa.select(PanelJudge.label, User.name, reading, Ballot.choices, Ballot.locked_at, compared)
        .outerjoin(User, User.id == PanelJudge.user_id)
        .outerjoin(Ballot, Ballot.judge_id == PanelJudge.id)
        .where(PanelJudge.phase_id == phase.id)
        .order_by(PanelJudge.id)
    )
    return [
        SeatLine(label, name, count, len(choices or ()), at, pairs)
        for label, name, count, choices, at, pairs in session.execute(query)
    ]
