"""Where the judges of a phase are far apart: for the organizer, with names, requests and earlier cards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.judging import behind, entries, peers
from challenge.judging.discussion_models import DiscussionComment, ScorecardRevision
from challenge.judging.models import Assignment, PanelJudge, Phase, Scorecard
from challenge.judging.peers import Comment, PeerCard
from challenge.judging.places import Columns
from challenge.rules import spread
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Actor
from challenge.rules.scales import ends
from challenge.submissions.models import Submission

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with how its locked cards lie."""

    ref: str
    code: str
    title: str
    locked: int
    lowest: Decimal
    highest: Decimal
    comments: int
    share: Decimal | None
    flag_percent: int

    @property
    def flagged(self) -> bool:
        """Whether its judges are far apart."""
        return spread.flagged(self.share, self.flag_percent)


@dataclass(frozen=True, slots=True)
class Wish:
    """A judge asks for a locked card to be opened again."""

    ref: str
    entry_ref: str
    code: str
    label: str
    name: str | None
    asked_at: dt.datetime
    reason: str


def by_spread(session: Session, phase: Phase, own: Collection[int] = (), limit: int = PAGE) -> list[Line]:
    """Entries with locked cards, those whose totals are furthest apart first (one statement).

    `phase` has its criteria loaded; the entries `own` are those that the reader is behind: left out.
    """
    low, high = sa.func.min(Scorecard.total), sa.func.max(Scorecard.total)
    said = sa.select(sa.func.count()).select_from(DiscussionComment)
    said = said.where(
        DiscussionComment.phase_id == phase.id, DiscussionComment.submission_id == Submission.id
    ).correlate(Submission)
    query: Columns = (
        sa.select(
            *(Submission.ref, Submission.code, Submission.title, sa.func.count(Scorecard.id), low, high),
            said.scalar_subquery(),
        )
        .join(Assignment, Assignment.submission_id == Submission.id)
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(entries.of_phase(phase), Assignment.phase_id == phase.id)
        .where(Scorecard.state == "locked", Scorecard.total.is_not(None), Submission.id.not_in(own))
        .group_by(Submission.id, Submission.ref, Submission.code, Submission.title)
        .order_by((high - low).desc(), Submission.id)
        .limit(limit)
    )
    least, most = ends(each for each in phase.criteria if not each.carried)
    return [
        Line(
            *(ref, code, title, count, lowest, highest, comments),
            spread.spread([lowest, highest] if count > 1 else [], least, most),
            phase.flag_percent,
        )
        for ref, code, title, count, lowest, highest, comments in session.execute(query)
    ]


def wishes(session: Session, phase: Phase, own: Collection[int] = ()) -> list[Wish]:
    """Locked cards that their judges ask to open again, the oldest first, none of `own` (one statement)."""
    query = _cards(
        *(Assignment.ref, Submission.ref, Submission.code, PanelJudge.label, User.name),
        *(Scorecard.reopen_asked_at, Scorecard.reopen_reason),
    ).where(Assignment.phase_id == phase.id, Scorecard.reopen_asked_at.is_not(None))
    query = query.where(Submission.id.not_in(own))
    query = query.order_by(Scorecard.reopen_asked_at).limit(PAGE)
    return [Wish(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Held:
    """A card that may be opened again: whose, of which entry, in which state, and what its judge asks."""

    label: str
    name: str | None
    entry_ref: str
    code: str
    title: str
    state: str
    total: Decimal | None
    wish: str | None


def card(session: Session, actor: Actor, phase: Phase, ref: str) -> Held:
    """The card of assignment `ref` of the phase; raises NotFound, NotAllowed("own_conflict")."""
    query = _cards(
        Submission.id,
        *(PanelJudge.label, User.name, Submission.ref, Submission.code, Submission.title),
        *(Assignment.state, Scorecard.total, Scorecard.reopen_reason),
    ).where(Assignment.phase_id == phase.id, Assignment.ref == ref)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    behind.check(session, actor, row.id)
    return Held(*row[1:])


def _cards(*columns: Any) -> Columns:
    """Scorecards with their assignment, entry, seat, and the judge's account if there is one."""
    return (
        sa.select(*columns)
        .select_from(Scorecard)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .outerjoin(User, User.id == PanelJudge.user_id)
    )


@dataclass(frozen=True, slots=True)
class Earlier:
    """A card as it was before it was opened again, with why and by whom."""

    label: str
    number: int
    total: Decimal | None
    locked_at: dt.datetime
    at: dt.datetime
    reason: str
    by: str | None


@dataclass(frozen=True, slots=True)
class Talk:
    """One entry among its judges, for the organizer."""

    code: str
    title: str
    cards: tuple[PeerCard, ...]
    comments: tuple[Comment, ...]
    earlier: tuple[Earlier, ...]
    share: Decimal | None
    flag_percent: int

    @property
    def flagged(self) -> bool:
        """Whether its judges are far apart."""
        return spread.flagged(self.share, self.flag_percent)


def talk(session: Session, actor: Actor, phase: Phase, ref: str) -> Talk:
    """One entry of the phase (six statements); raises NotFound, NotAllowed("own_conflict")."""
    query = sa.select(Submission.id, Submission.code, Submission.title)
    row = session.execute(query.where(Submission.ref == ref, entries.of_phase(phase))).one_or_none()
    if row is None:
        raise NotFound
    behind.check(session, actor, row.id)
    cards = peers.cards_of(session, phase.id, row.id, None, named=True)
    said = peers.comments_of(session, phase.id, row.id, None)
    earlier, share = _earlier(session, phase, row.id), peers.share_of(cards)
    return Talk(row.code, row.title, cards, said, earlier, share, phase.flag_percent)


def _earlier(session: Session, phase: Phase, submission_id: int) -> tuple[Earlier, ...]:
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *(PanelJudge.label, ScorecardRevision.number, ScorecardRevision.total),
            *(ScorecardRevision.locked_at, ScorecardRevision.at, ScorecardRevision.reason, User.name),
        )
        .select_from(ScorecardRevision)
        .join(Scorecard, Scorecard.id == ScorecardRevision.scorecard_id)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .outerjoin(User, User.id == ScorecardRevision.author_id)
        .where(Assignment.phase_id == phase.id, Assignment.submission_id == submission_id)
        .order_by(ScorecardRevision.id)
    )
    return tuple(Earlier(*row) for row in session.execute(query))
