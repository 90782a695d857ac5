"""A fixed ranking held against the scorecards it came from: is what was stored what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.judging import calibrating, counting, ranking, standing
from challenge.judging.models import Phase, Ranking, RankingRow
from challenge.judging.ranking import Computed
from challenge.judging.ranking_models import Calibration, Estimate
from challenge.rounds.models import Round
from challenge.rules.calibration import Answer, Problem, Refusal
from challenge.rules.scoring import Decisions, Method
from challenge.submissions.models import Submission

CLOSE = 0.0006
"""Figures that were rounded to four places may differ by this on another processor."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it should be: its kind (`row`, `digest` ...), entry or judge, field, both figures."""

    kind: str
    where: str = ""
    field: str = ""
    stored: object = None
    found: object = None


def in_force(session: Session, slug: str | None = None) -> list[tuple[str, Ranking]]:
    """The rankings in force with their rounds' addresses, of one round or of all (one statement)."""
    query = (
        sa.select(Round.slug, Ranking)
        .join(Phase, Phase.round_id == Round.id)
        .join(Ranking, sa.and_(Ranking.phase_id == Phase.id, sa.not_(Ranking.superseded)))
        .order_by(Round.id, Phase.number)
    )
    rows = session.execute(query if slug is None else query.where(Round.slug == slug))
    return [(name, each) for name, each in rows]


def recomputed(session: Session, fixed: Ranking) -> Computed:
    """The ranking once more: from what is locked about the entries it ranks, by its own method.

    An entry that left the round since is still part of what was published. Five statements.
    """
    known = standing.phases(session, [fixed.phase_id])
    phase = known[fixed.phase_id]
    query = (
        sa.select(Submission.id, Submission.code)
        .join(RankingRow, RankingRow.submission_id == Submission.id)
        .where(RankingRow.ranking_id == fixed.id)
        .order_by(Submission.id)
    )
    codes = dict(row for row in session.execute(query))
    if phase.way != "scores":
        return ranking.counted(phase, counting.of_phase(session, phase, codes), codes)
    cards = standing.locked(session, known)[phase.id]
    decided = cast("Decisions", fixed.decisions)
    return ranking.reckon(phase, cards, codes, decided, Method.from_json(fixed.method))


def differences(session: Session, fixed: Ranking, computed: Computed) -> list[Difference]:
    """Where the exact part differs: its digest, the one the audit trail recorded, and every row."""
    found = []
    if computed.digest != fixed.input_digest:
        found.append(Difference("digest", stored=fixed.input_digest, found=computed.digest))
    recorded = session.scalar(
        sa.select(AuditEntry.detail)
        .where(AuditEntry.subject == f"ranking:{fixed.id}", AuditEntry.action == "ranking.fixed")
        .order_by(AuditEntry.id)
        .limit(1)
    )
    if recorded is None or recorded.get("digest") != fixed.input_digest:
        told = None if recorded is None else recorded.get("digest")
        found.append(Difference("audit", stored=fixed.input_digest, found=told))
    query = sa.select(RankingRow).where(RankingRow.ranking_id == fixed.id)
    stored = {row.submission_id: row for row in session.scalars(query)}
    codes = {result.submission_id: result.code for result in computed.results}
    for wanted in ranking.rows_of(computed):
        row = stored[wanted["submission_id"]]
        for field, value in wanted.items():
            if getattr(row, field) != value:
                where = codes[row.submission_id]
                found.append(Difference("row", where, field, getattr(row, field), value))
    return found


def question(session: Session, fixed: Ranking, computed: Computed) -> Problem | Refusal | Difference | None:
    """What its calibration must be held against; None where nothing was calibrated, or not to the end."""
    kept = calibration_of(session, fixed.id)
    if kept is None or kept.state == "failed":
        return None
    asked = calibrating.question(session, computed, kept.top)
    if isinstance(asked, Refusal) != (kept.state == "refused"):
        told = asked.reason if isinstance(asked, Refusal) else "done"
        return Difference("calibration", field="state", stored=kept.reason or kept.state, found=told)
    return asked


def calibration_of(session: Session, ranking_id: int) -> Calibration | None:
    """The calibration that stands beside a ranking (one statement)."""
    return session.scalar(sa.select(Calibration).where(Calibration.ranking_id == ranking_id))


def calibrated_differences(
    session: Session, fixed: Ranking, computed: Computed, problem: Problem, answer: Answer
) -> list[Difference]:
    """Where the stored calibration is not what its seed gives (two statements)."""
    kept = calibration_of(session, fixed.id)
    if kept is None:
        return []
    found = list(_heads(kept, problem, answer))
    numbers = {result.code: result.submission_id for result in computed.results}
    query = sa.select(Estimate).where(Estimate.calibration_id == kept.id)
    stored = {row.submission_id: row for row in session.scalars(query)}
    for code, wanted in zip(problem.entries, answer.entries, strict=True):
        row = stored.pop(numbers[code], None)
        if row is None:
            found.append(Difference("calibration", code, "missing"))
            continue
        for field in wanted.__slots__:
            one, other = getattr(row, field), getattr(wanted, field)
            if abs(float(one) - float(other)) > CLOSE:
                found.append(Difference("calibration", code, field, one, other))
    left = sorted(stored)
    return [*found, *(Difference("calibration", str(each), "surplus") for each in left)]


def _heads(kept: Calibration, problem: Problem, answer: Answer) -> Iterator[Difference]:
    if kept.engine != answer.engine:
        yield Difference("engine", stored=kept.engine, found=answer.engine)
    for field in ("seed", "sweeps"):
        one, other = getattr(kept, field), getattr(problem, field)
        if one != other:
            yield Difference("calibration", field=field, stored=one, found=other)
    judges: Sequence[dict[str, object]] = kept.judges
    if len(judges) != len(answer.judges):
        yield Difference("calibration", field="judges", stored=len(judges), found=len(answer.judges))
        return
    for one, effect in zip(judges, answer.judges, strict=True):
        # A severity that was kept before its interval was has none to compare.
        for field in (each for each in effect.__slots__ if each in one):
            if abs(float(str(one[field])) - getattr(effect, field)) > CLOSE:
                where, given = str(one["label"]), getattr(effect, field)
                yield Difference("calibration", where, field, one[field], given)
