"""Rankings in force, reckoned once more for an auditor: equal, or where they differ."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import verifying
from challenge.judging.models import Phase, Ranking
from challenge.judging.verifying import Difference


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A ranking in force, reckoned once more from its scorecards by the same engine."""

    phase: int
    ref: str
    created_at: dt.datetime
    stored: str
    found: str
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        """Nothing differs: neither its digest, nor the record of it, nor a line."""
        return not self.differences


def rankings(session: Session, round_id: int) -> list[Reckoned]:
    """Every ranking in force, reckoned once more from its scorecards: equal, or where it differs."""
    query = (
        sa.select(Phase.number, Ranking)
        .join(Ranking, Ranking.phase_id == Phase.id)
        .where(Phase.round_id == round_id, sa.not_(Ranking.superseded))
        .order_by(Phase.number)
    )
    return [_reckoned(session, number, fixed) for number, fixed in session.execute(query)]


def _reckoned(session: Session, number: int, fixed: Ranking) -> Reckoned:
    try:
        computed = verifying.recomputed(session, fixed)
    except ValueError as fault:
        wrong = Difference("digest", field="method", stored=fixed.input_digest, found=str(fault))
        return Reckoned(number, fixed.ref, fixed.created_at, fixed.input_digest, "", (wrong,))
    found = tuple(verifying.differences(session, fixed, computed))
    return Reckoned(number, fixed.ref, fixed.created_at, fixed.input_digest, computed.digest, found)
