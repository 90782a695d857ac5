"""What an auditor reads of a round: overrides, who read what, conflicts, scorecards, rankings recomputed.

Each function is one part and a fixed number of statements. Teams stand by their codes. What a judge gave is
shown once the phase is over, as it is to everybody who may see it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts.models import User
from challenge.judging.conflict_models import ConflictCase
from challenge.judging.discussion_models import ScorecardRevision
from challenge.judging.models import (
    Assignment,
    Criterion,
    PanelJudge,
    Phase,
    Score,
    Scorecard,
)
from challenge.judging.ranking_models import TieDecision
from challenge.reports.auditing import takes_part
from challenge.reports.models import Access
from challenge.rounds.models import Override, Round
from challenge.rules.permissions import Subject
from challenge.submissions.models import Extension, Submission

MOST = 500  # lines of a page; the evidence as a file has all


@dataclass(frozen=True, slots=True)
class Overridden:
    """Somebody decided otherwise than the rules alone would have: what, about which thing, why."""

    at: dt.datetime
    kind: str  # extend, close_early, cancel, longer, conflict_<state>, tie_<step>
    thing: str
    by: str
    reason: str
    before_at: dt.datetime | None = None
    after_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ReadLine:
    """Somebody outside the team read something of an entry."""

    at: dt.datetime
    who: str
    role: str
    code: str
    version: int
    what: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A conflict: between which judge and which entry, what shows it, how it was decided."""

    label: str
    code: str
    kind: str
    state: str
    evidence: Sequence[dict[str, Any]]
    found_at: dt.datetime
    decided_at: dt.datetime | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """A card as it was locked before it was opened again."""

    number: int
    total: Decimal | None
    locked_at: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class CardLine:
    """One locked card: which phase, judge and entry, its total, the score on each criterion, what it was."""

    phase: int
    label: str
    code: str
    total: Decimal | None
    locked_at: dt.datetime | None
    from_paper: bool
    scores: Mapping[int, Decimal | None]
    comment: str
    earlier: tuple[Earlier, ...]


def subject_with(session: Session, subject: Subject, round_id: int, user_id: int | None) -> Subject:
    """The facts of a round for its auditor: who takes part in it has a conflict."""
    if user_id is None or not takes_part(session, user_id, [round_id]):
        return subject
    return replace(subject, conflicted=frozenset({user_id}))


def overrides(session: Session, round_id: int) -> list[Overridden]:
    """Windows moved, entries given more time, conflicts overridden, ties decided; newest first."""
    found = [*_windows(session, round_id), *_longer(session, round_id)]
    found += [*_lifted(session, round_id), *_ties(session, round_id)]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _windows(session: Session, round_id: int) -> list[Overridden]:
    query = (
        sa.select(Override, User.name)
        .outerjoin(User, User.id == Override.author_id)
        .where(Override.round_id == round_id)
    )
    return [
        Overridden(
            each.created_at,
            each.kind,
            each.stage or "",
            name or "",
            each.reason,
            each.before_at,
            each.after_at,
        )
        for each, name in session.execute(query)
    ]


def _longer(session: Session, round_id: int) -> list[Overridden]:
    query = (
        sa.select(Extension, Submission.code, User.name)
        .join(Submission, Submission.id == Extension.submission_id)
        .outerjoin(User, User.id == Extension.author_id)
        .where(Submission.round_id == round_id)
    )
    return [
        Overridden(each.created_at, "longer", code, name or "", each.reason, each.before_at, each.until_at)
        for each, code, name in session.execute(query)
    ]


def _lifted(session: Session, round_id: int) -> list[Overridden]:
    return [
        Overridden(each.decided_at, "conflict", f"{each.label} · {each.code}", each.by, each.reason)
        for each in cases(session, round_id, states=("overridden",))
        if each.decided_at is not None
    ]


def _ties(session: Session, round_id: int) -> list[Overridden]:
    query = (
        sa.select(TieDecision, Submission.code, User.name)
        .join(Phase, Phase.id == TieDecision.phase_id)
        .join(Submission, Submission.id == TieDecision.submission_id)
        .outerjoin(User, User.id == TieDecision.author_id)
        .where(Phase.round_id == round_id)
    )
    return [
        Overridden(each.decided_at, "tie", code, name or each.who, each.reason)
        for each, code, name in session.execute(query)
    ]


def reads(session: Session, round_id: int, most: int | None = MOST) -> list[ReadLine]:
    """Who read what of which entry, the newest first; one statement."""
    query = (
        sa.select(Access.at, User.name, Access.role, Submission.code, Access.version, Access.what)
        .join(Submission, Submission.id == Access.submission_id)
        .outerjoin(User, User.id == Access.reader_id)
        .where(Submission.round_id == round_id)
        .order_by(Access.at.desc(), Access.id.desc())
        .limit(most)
    )
    return [
        ReadLine(at, name or "", role, code, version, what)
        for at, name, role, code, version, what in session.execute(query)
    ]


def cases(session: Session, round_id: int, states: Sequence[str] = ()) -> list[CaseLine]:
    """Every conflict that was found, and how it was decided; one statement."""
    decider = aliased(User)
    query = (
        sa.select(ConflictCase, PanelJudge.label, Submission.code, decider.name)
        .join(PanelJudge, PanelJudge.id == ConflictCase.judge_id)
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .join(Submission, Submission.id == ConflictCase.submission_id)
        .outerjoin(decider, decider.id == ConflictCase.decided_by)
        .where(Phase.round_id == round_id)
        .order_by(ConflictCase.id)
    )
    if states:
        query = query.where(ConflictCase.state.in_(states))
    return [
        CaseLine(
            *(label, code, each.kind, each.state, each.evidence, each.found_at, each.decided_at),
            name or "",
            each.reason or "",
        )
        for each, label, code, name in session.execute(query)
    ]


def _over() -> sa.ColumnElement[bool]:
    """The phase was closed, or judging as a whole is behind the round."""
    return sa.or_(Phase.closed_at.is_not(None), Round.stage.in_(("award", "closed")))


def phases(session: Session, round_id: int) -> list[tuple[int, int, bool]]:
    """(id, number, over) of each judging phase."""
    query = sa.select(Phase.id, Phase.number, _over()).join(Round, Round.id == Phase.round_id)
    query = query.where(Phase.round_id == round_id)
    return [(key, number, bool(over)) for key, number, over in session.execute(query.order_by(Phase.number))]


def criteria(session: Session, round_id: int) -> dict[int, tuple[str | None, str | None]]:
    """The criteria of all phases by number: their names in both languages."""
    query = (
        sa.select(Criterion.id, Criterion.name_zh, Criterion.name_en)
        .join(Phase, Phase.id == Criterion.phase_id)
        .where(Phase.round_id == round_id)
        .order_by(Phase.number, Criterion.position)
    )
    return {key: (zh, en) for key, zh, en in session.execute(query)}


def cards(session: Session, round_id: int) -> list[CardLine]:
    """Every locked card of the phases that are over, with its earlier ones; three statements."""
    over = (Phase.round_id == round_id, _over(), Scorecard.state == "locked")
    query = (
        sa.select(Scorecard, Phase.number, PanelJudge.label, Submission.code)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Phase, Phase.id == Assignment.phase_id)
        .join(Round, Round.id == Phase.round_id)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(*over)
        .order_by(Phase.number, Submission.code, PanelJudge.label)
    )
    rows = session.execute(query).all()
    ids = [card.id for card, *_ in rows]
    scores: dict[int, dict[int, Decimal | None]] = {}
    given = sa.select(Score.scorecard_id, Score.criterion_id, Score.value).where(Score.scorecard_id.in_(ids))
    for card_id, criterion_id, value in session.execute(given):
        scores.setdefault(card_id, {})[criterion_id] = value
    earlier: dict[int, list[Earlier]] = {}
    was = sa.select(ScorecardRevision).where(ScorecardRevision.scorecard_id.in_(ids))
    for each in session.scalars(was.order_by(ScorecardRevision.number)):
        kept = Earlier(each.number, each.total, each.locked_at, each.reason)
        earlier.setdefault(each.scorecard_id, []).append(kept)
    return [
        CardLine(
            *(number, label, code, card.total, card.locked_at, card.from_paper),
            scores.get(card.id, {}),
            card.comment_organizer,
            tuple(earlier.get(card.id, ())),
        )
        for card, number, label, code in rows
    ]
