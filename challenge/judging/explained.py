"""One entry's result in all its steps, for the organizer: its scorecards, the reckoning, the calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import behind, entries, laid_out, rubric, standing
from challenge.judging.models import Phase, Ranking, RankingRow
from challenge.judging.places import Columns
from challenge.judging.ranking_models import BY_PEOPLE, Calibration, Estimate, TieDecision
from challenge.rules.errors import NotFound
from challenge.rules.explaining import Explained, explain
from challenge.rules.permissions import Actor
from challenge.rules.scoring import Method
from challenge.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Given:
    """A judge's weighted total of the entry, with what the calibration found of that judge."""

    label: str
    total: Decimal
    severity: float | None


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that led to an entry's place."""

    code: str
    title: str
    row: RankingRow | None
    method: Method
    labels: Mapping[str, str]
    explained: Explained
    given: tuple[Given, ...]
    calibration: Calibration | None
    estimate: Estimate | None
    decided: Mapping[str, TieDecision]


def story(session: Session, actor: Actor, phase: Phase, fixed: Ranking | None, ref: str) -> Story:
    """An entry of the ranking in force or, without one, of the standings (eight statements at most).

    Raises NotFound where it is not among them, NotAllowed("own_conflict").
    """
    ranked = RankingRow.ranking_id == (0 if fixed is None else fixed.id)
    query: Columns = (
        sa.select(Submission.id, Submission.code, Submission.title, RankingRow, Calibration, Estimate)
        .outerjoin(RankingRow, sa.and_(RankingRow.submission_id == Submission.id, ranked))
        .outerjoin(Calibration, beside(phase.id, fixed))
        .outerjoin(
            Estimate,
            sa.and_(Estimate.calibration_id == Calibration.id, Estimate.submission_id == Submission.id),
        )
        .where(Submission.ref == ref, Submission.round_id == phase.round_id)
    )
    asked = entries.of_phase(phase) if fixed is None else RankingRow.ranking_id.is_not(None)
    found = session.execute(query.where(asked)).one_or_none()
    if found is None:
        raise NotFound
    number, code, title, row, calibration, estimate = found
    behind.check(session, actor, number)
    method = rubric.method_of(phase) if fixed is None else Method.from_json(fixed.method)
    cards = standing.locked(session, {phase.id: phase}, [number])[phase.id].get(number, {})
    explained = explain(cards, method, rubric.scales_of(phase.criteria))
    labels = {str(judge): label for judge, label in laid_out.labels(session, phase.id).items()}
    given = _given(explained, labels, calibration.judges if calibration is not None else ())
    decided = _decided(session, phase, number) if set(method.ties) & set(BY_PEOPLE) else {}
    return Story(code, title, row, method, labels, explained, given, calibration, estimate, decided)


def beside(phase_id: int, fixed: Ranking | None) -> sa.ColumnElement[bool]:
    """The calibration beside this ranking, or beside the standings where there is none."""
    if fixed is not None:
        return Calibration.ranking_id == fixed.id
    return sa.and_(Calibration.phase_id == phase_id, Calibration.ranking_id.is_(None))


def _given(
    explained: Explained, labels: Mapping[str, str], judges: Sequence[Mapping[str, Any]]
) -> tuple[Given, ...]:
    severity = {each["label"]: float(each["severity"]) for each in judges}
    named = ((labels.get(said.judge, said.judge), said.value) for said in explained.totals)
    return tuple(Given(label, total, severity.get(label)) for label, total in sorted(named))


def _decided(session: Session, phase: Phase, submission_id: int) -> dict[str, TieDecision]:
    query = sa.select(TieDecision).where(
        TieDecision.phase_id == phase.id, TieDecision.submission_id == submission_id
    )
    return {each.step: each for each in session.scalars(query)}
