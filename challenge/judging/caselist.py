"""The cases of a phase as the organizer reads them, with the evidence: page by page, never for a judge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.judging import conflicts
from challenge.judging.conflict_models import ConflictCase
from challenge.judging.models import Assignment, PanelJudge
from challenge.judging.places import Columns
from challenge.rules.permissions import Actor
from challenge.submissions.models import Submission

PAGE = 50
# What waits for a decision, what keeps judges out now, what was let go.
PILES: Mapping[str, tuple[str, ...]] = {
    "open": ("open",),
    "in_force": ("standing", "confirmed"),
    "lifted": ("dismissed", "overridden"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One case. Without `evidence` where the reader has a conflict with the entry, or is the judge."""

    ref: str
    id: int
    kind: str
    state: str
    label: str
    judge: str
    judge_user: int | None
    entry_ref: str
    code: str
    title: str
    submission_id: int
    assigned: str | None
    found_at: dt.datetime
    gone_at: dt.datetime | None
    decided_at: dt.datetime | None
    decided_by: str | None
    reason: str | None
    evidence: Sequence[dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class CaseList:
    """A page of one pile, how many lie in each, and the number after which the next page begins."""

    cases: tuple[Shown, ...]
    counts: Mapping[str, int]
    after: int | None


def of_phase(
    session: Session, actor: Actor, phase_id: int, pile: str, after: int = 0, limit: int = PAGE
) -> CaseList:
    """A page of a phase's cases, for an organizer (four statements)."""
    decider = sa.orm.aliased(User)
    query: Columns = (
        sa.select(
            *(ConflictCase.ref, ConflictCase.id, ConflictCase.kind, ConflictCase.state),
            *(PanelJudge.label, sa.func.coalesce(User.name, ""), PanelJudge.user_id),
            *(Submission.ref, Submission.code, Submission.title, Submission.id, Assignment.state),
            *(ConflictCase.found_at, ConflictCase.gone_at, ConflictCase.decided_at, decider.name),
            *(ConflictCase.reason, ConflictCase.evidence),
        )
        .join(PanelJudge, PanelJudge.id == ConflictCase.judge_id)
        .outerjoin(User, User.id == PanelJudge.user_id)
        .join(Submission, Submission.id == ConflictCase.submission_id)
        .outerjoin(
            Assignment,
            sa.and_(Assignment.judge_id == PanelJudge.id, Assignment.submission_id == Submission.id),
        )
        .outerjoin(decider, decider.id == ConflictCase.decided_by)
        .where(_of(phase_id), ConflictCase.state.in_(PILES[pile]), ConflictCase.id > after)
        .order_by(ConflictCase.id)
        .limit(limit + 1)
    )
    rows = session.execute(query).all()
    page = [row[10] for row in rows[:limit]]
    own = conflicts.of_person_with(session, actor.user_id, Submission.id.in_(page)) if page else {}
    cases = []
    for row in rows[:limit]:
        shown = Shown(*row)
        hidden = shown.submission_id in own or shown.judge_user == actor.user_id
        cases.append(replace(shown, evidence=None) if hidden else shown)
    return CaseList(tuple(cases), _counts(session, phase_id), rows[limit - 1][1] if rows[limit:] else None)


def _of(phase_id: int) -> sa.ColumnElement[bool]:
    """Cases of the phase that the data show still, or that a person decided."""
    still = sa.or_(ConflictCase.gone_at.is_(None), ConflictCase.decided_at.is_not(None))
    return sa.and_(PanelJudge.phase_id == phase_id, still)


def _counts(session: Session, phase_id: int) -> Mapping[str, int]:
    query = (
        sa.select(ConflictCase.state, sa.func.count())
        .join(PanelJudge, PanelJudge.id == ConflictCase.judge_id)
        .where(_of(phase_id))
        .group_by(ConflictCase.state)
    )
    by = dict(session.execute(query).all())
    return {pile: sum(by.get(state, 0) for state in states) for pile, states in PILES.items()}
