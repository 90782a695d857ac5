"""Which entries a phase judges: all that stand in the first one, those that were carried on in the others."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging.models import Criterion, Phase, PhaseEntry
from challenge.judging.scorecards import JUDGED
from challenge.submissions.models import Submission


def of_phase(phase: Phase) -> sa.ColumnElement[bool]:
    """The condition on submissions: entered in the round, still standing, and carried on into the phase."""
    standing = sa.and_(Submission.round_id == phase.round_id, Submission.state.in_(JUDGED))
    if phase.number == 1:
        return standing
    carried = sa.exists().where(PhaseEntry.phase_id == phase.id, PhaseEntry.submission_id == Submission.id)
    return sa.and_(standing, carried)


def carried(session: Session, phase_ids: Collection[int]) -> dict[int, dict[int, tuple[str, Decimal]]]:
    """Phase -> submission -> (carried criterion, its score), of the phases `phase_ids` (one statement)."""
    query = (
        sa.select(PhaseEntry.phase_id, PhaseEntry.submission_id, Criterion.id, PhaseEntry.carried)
        .join(Criterion, sa.and_(Criterion.phase_id == PhaseEntry.phase_id, Criterion.carried))
        .where(PhaseEntry.phase_id.in_(phase_ids), PhaseEntry.carried.is_not(None))
    )
    found: dict[int, dict[int, tuple[str, Decimal]]] = {}
    for phase_id, submission_id, criterion, score in session.execute(query):
        if score is not None:
            found.setdefault(phase_id, {})[submission_id] = (str(criterion), score)
    return found
