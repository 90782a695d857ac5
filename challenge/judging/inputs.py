"""What a ranking is made of besides scorecards: the entries that stand, what people decided about ties."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging.models import PhaseEntry
from challenge.judging.ranking_models import TieDecision
from challenge.judging.scorecards import JUDGED
from challenge.rules.scoring import TieStep
from challenge.submissions.models import Submission


def entries(session: Session, round_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """Round -> submission -> code, of everything that still stands."""
    query = sa.select(Submission.round_id, Submission.id, Submission.code).where(
        Submission.round_id.in_(round_ids), Submission.state.in_(JUDGED)
    )
    found: dict[int, dict[int, str]] = {}
    for round_id, submission_id, code in session.execute(query):
        found.setdefault(round_id, {})[submission_id] = code
    return found


def carried(session: Session, phase_ids: Collection[int]) -> dict[int, set[int]]:
    """Phase -> the entries that were carried on into it (no statement where no phase is a later one)."""
    found: dict[int, set[int]] = {phase_id: set() for phase_id in phase_ids}
    if phase_ids:
        query = sa.select(PhaseEntry.phase_id, PhaseEntry.submission_id)
        for phase_id, submission_id in session.execute(query.where(PhaseEntry.phase_id.in_(phase_ids))):
            found[phase_id].add(submission_id)
    return found


def decisions(session: Session, phase_ids: Collection[int]) -> dict[int, dict[TieStep, dict[str, int]]]:
    """Phase -> tie step -> code -> figure: what people decided (one statement)."""
    query = (
        sa.select(TieDecision.phase_id, TieDecision.step, Submission.code, TieDecision.figure)
        .join(Submission, Submission.id == TieDecision.submission_id)
        .where(TieDecision.phase_id.in_(phase_ids))
    )
    found: dict[int, dict[TieStep, dict[str, int]]] = {}
    for phase_id, step, code, figure in session.execute(query):
        found.setdefault(phase_id, {}).setdefault(cast("TieStep", step), {})[code] = figure
    return found
