"""What the judges of one entry gave and say: for one of them once all of the own cards are locked.

Before that nothing of the others is selected at all. An organizer reads the same with the names (`apart`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.judging import conflicts
from challenge.judging.discussing import left_of
from challenge.judging.discussion_models import DiscussionComment, ScorecardRevision
from challenge.judging.models import Assignment, Criterion, PanelJudge, Phase, Score, Scorecard
from challenge.judging.places import Columns, in_place, place_of, subject_of
from challenge.judging.scorecards import JUDGED
from challenge.judging.views import Place
from challenge.rules import spread
from challenge.rules.errors import NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.scales import ends
from challenge.submissions.models import Submission, Version


@dataclass(frozen=True, slots=True)
class Given:
    """One criterion of a card: its scale and weight, the score, the words."""

    name_zh: str | None
    name_en: str | None
    minimum: Decimal
    maximum: Decimal
    weight: Decimal
    value: Decimal | None
    comment: str


@dataclass(frozen=True, slots=True)
class PeerCard:
    """One judge's locked card of the entry; `name` is there for organizers only.

    `first` is the total of the card that was locked first, where it was revised since.
    """

    ref: str
    label: str
    mine: bool
    name: str | None
    total: Decimal | None
    to_organizer: str
    to_solver: str
    first: Decimal | None
    revisions: int
    given: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """One word in the discussion."""

    label: str
    mine: bool
    at: dt.datetime
    text: str


@dataclass(frozen=True, slots=True)
class Around:
    """The page of one entry among its judges; `left` of the own cards are not locked, then it is empty."""

    ref: str
    code: str
    title: str
    state: str
    phase_id: int
    place: Place
    left: int
    asked_at: dt.datetime | None
    cards: tuple[PeerCard, ...]
    comments: tuple[Comment, ...]
    share: Decimal | None
    flag_percent: int = spread.USUAL_FLAG

    @property
    def flagged(self) -> bool:
        """Whether its judges are far apart."""
        return spread.flagged(self.share, self.flag_percent)


def around(session: Session, actor: Actor, ref: str) -> Around:
    """The entry of an own locked card with what the others gave (three statements; one while some are open).

    Raises NotFound, NotAllowed, and WrongState("entry_not_judged").
    """
    domain = conflicts.domain_of(session, actor)
    row = session.execute(_asked(), {"ref": ref, "domain": domain}).one_or_none()
    if row is None:
        raise NotFound
    require(actor, Action.ASSIGNMENT_READ, subject_of(row, conflict=bool(row.ties)))
    if row.entry_state not in JUDGED:
        raise WrongState("entry_not_judged")
    cards: tuple[PeerCard, ...] = ()
    comments: tuple[Comment, ...] = ()
    if not row.left:
        cards = cards_of(session, row.phase_id, row.submission_id, row.judge_id, named=False)
        comments = comments_of(session, row.phase_id, row.submission_id, row.judge_id)
    share = share_of(cards)
    about = (row.ref, row.code, row.title or "", row.state, row.phase_id, place_of(row))
    return Around(*about, row.left, row.reopen_asked_at, cards, comments, share, row.flag_percent)


@cache
def _asked() -> Columns:
    query = in_place(
        sa.select(
            *(Assignment.ref, Assignment.state, Assignment.phase_id, Assignment.submission_id),
            *(Assignment.judge_id, PanelJudge.user_id, Submission.code, Phase.flag_percent),
            Submission.state.label("entry_state"),
            Version.content["title"].as_string().label("title"),
            conflicts.of_assignment().label("ties"),
            left_of(Assignment.judge_id.expression).label("left"),
            Scorecard.reopen_asked_at,
        )
    )
    return query.outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id).where(
        Assignment.ref == sa.bindparam("ref")
    )


def cards_of(
    session: Session, phase_id: int, submission_id: int, judge_id: int | None, *, named: bool
) -> tuple[PeerCard, ...]:
    """Every locked card of the entry with its scores (one statement), by the judges' labels."""
    revised = ScorecardRevision.scorecard_id == Scorecard.id
    first = sa.select(ScorecardRevision.total).where(revised, ScorecardRevision.number == 1)
    count = sa.select(sa.func.count(ScorecardRevision.id)).where(revised)
    query: Columns = (
        sa.select(
            *(Assignment.ref, PanelJudge.id.label("judge_id"), PanelJudge.label, Scorecard.total),
            *(Scorecard.comment_organizer, Scorecard.comment_solver),
            first.scalar_subquery().label("first"),
            count.scalar_subquery().label("revisions"),
            *(Criterion.name_zh, Criterion.name_en, Criterion.minimum, Criterion.maximum, Criterion.weight),
            *(Score.value, Score.comment),
            *([User.name.label("person")] if named else []),
        )
        .select_from(Assignment)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .join(Score, Score.scorecard_id == Scorecard.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(Assignment.phase_id == phase_id, Assignment.submission_id == submission_id)
        .where(Scorecard.state == "locked")
        .order_by(PanelJudge.id, Criterion.position, Criterion.id)
    )
    if named:
        query = query.outerjoin(User, User.id == PanelJudge.user_id)
    found: dict[str, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.ref, []).append(row)
    return tuple(_card(rows, judge_id, named=named) for rows in found.values())


def _card(rows: Sequence[Any], judge_id: int | None, *, named: bool) -> PeerCard:
    one = rows[0]
    return PeerCard(
        one.ref,
        one.label,
        one.judge_id == judge_id,
        one.person if named else None,
        one.total,
        # A judge's words to the organizer stay with these two.
        one.comment_organizer if named or one.judge_id == judge_id else "",
        one.comment_solver,
        one.first,
        one.revisions,
        tuple(
            Given(r.name_zh, r.name_en, r.minimum, r.maximum, r.weight, r.value, r.comment or "")
            for r in rows
        ),
    )


def share_of(cards: Sequence[PeerCard]) -> Decimal | None:
    """How far the totals are apart, as a share of what the scale spans."""
    if not cards:
        return None
    totals = [card.total for card in cards if card.total is not None]
    return spread.spread(totals, *ends(cards[0].given))


def comments_of(
    session: Session, phase_id: int, submission_id: int, judge_id: int | None
) -> tuple[Comment, ...]:
    """The words of the discussion in their order (one statement)."""
    query = (
        sa.select(PanelJudge.label, PanelJudge.id, DiscussionComment.at, DiscussionComment.text)
        .join(PanelJudge, PanelJudge.id == DiscussionComment.judge_id)
        .where(DiscussionComment.phase_id == phase_id, DiscussionComment.submission_id == submission_id)
        .order_by(DiscussionComment.id)
    )
    return tuple(Comment(label, by == judge_id, at, text) for label, by, at, text in session.execute(query))
