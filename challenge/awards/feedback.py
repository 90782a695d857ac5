"""What a team reads of its judging: what the organizer chose and released, and nothing about anybody else.

One path for the team and for the organizer's preview. Nothing comes before the results are published or the
phase is announced. No label, no judge and no other entry is loaded where names were not chosen.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.awards.feedback_models import CommentRuling, PhaseFeedback
from challenge.awards.models import Notice
from challenge.judging import rubric
from challenge.judging.models import (
    Assignment,
    Criterion,
    PanelJudge,
    Phase,
    Ranking,
    RankingRow,
    Scorecard,
)
from challenge.judging.scorecards import JUDGED
from challenge.rules.standing_bands import band_of
from challenge.submissions.models import Submission, TeamMember


@dataclass(frozen=True, slots=True)
class OnCriterion:
    """The panel's score on one criterion."""

    name_zh: str | None
    name_en: str | None
    maximum: Decimal
    score: str | None


@dataclass(frozen=True, slots=True)
class Comment:
    """One judge's words to the team; the name where the organizer chose names in an open phase."""

    text: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Given:
    """What one phase gives a team to read; what was not chosen is None or empty."""

    phase: Phase
    total: str | None
    most: Decimal | None
    criteria: tuple[OnCriterion, ...]
    place: int | None
    shared: bool
    band: int | None
    ranked: int
    comments: tuple[Comment, ...]

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing to show."""
        return self.total is None and self.place is None and self.band is None and not self.comments


def out() -> sa.ColumnElement[bool]:
    """The condition on phases: announced, or the round's results are published."""
    published = sa.exists().where(Notice.round_id == Phase.round_id, Notice.published_at.is_not(None))
    return sa.or_(Phase.announced_at.is_not(None), published)


def said_to_team() -> sa.ColumnElement[bool]:
    """The condition on scorecards: locked, with words to a team."""
    return sa.and_(Scorecard.state == "locked", Scorecard.comment_solver != "")


def own_team(reader: int | None) -> sa.Exists:
    """Whether the reader belongs to the team of an entry, as a column."""
    return sa.exists().where(TeamMember.submission_id == Submission.id, TeamMember.user_id == reader)


def for_team(session: Session, submission_id: int) -> list[Given]:
    """What the team of an entry reads, by phase (one statement; three where something was released)."""
    released = sa.and_(PhaseFeedback.released_at.is_not(None), out())
    return _given(session, submission_id, released)


def preview(session: Session, phase_id: int, submission_id: int) -> Given | None:
    """The same of one phase as it would be released now; None where the phase gives this entry nothing."""
    found = _given(session, submission_id, Phase.id == phase_id)
    return found[0] if found else None


def entry_by_code(session: Session, round_id: int, code: str, reader: int | None) -> int | None:
    """The entry with this code in the round; None also where the reader is in its team (one statement)."""
    this = sa.and_(Submission.round_id == round_id, Submission.code == code, Submission.state.in_(JUDGED))
    return session.scalar(sa.select(Submission.id).where(this, sa.not_(own_team(reader))))


def _given(session: Session, submission_id: int, condition: sa.ColumnElement[bool]) -> list[Given]:
    in_ranking = (
        sa.select(sa.func.count(RankingRow.place))
        .where(RankingRow.ranking_id == Ranking.id)
        .correlate(Ranking)
        .scalar_subquery()
    )
    query = (
        sa.select(Phase, PhaseFeedback, RankingRow, in_ranking)
        .join(PhaseFeedback, PhaseFeedback.phase_id == Phase.id)
        .join(Ranking, sa.and_(Ranking.phase_id == Phase.id, sa.not_(Ranking.superseded)))
        .join(RankingRow, RankingRow.ranking_id == Ranking.id)
        .join(Submission, Submission.id == RankingRow.submission_id)
        .where(Submission.id == submission_id, Submission.state.in_(JUDGED), condition)
        .order_by(Phase.number)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query).all()
    if not rows:
        return []
    chosen = {phase.id: choice for phase, choice, _row, _count in rows}
    criteria = _criteria(session, [key for key, choice in chosen.items() if choice.scores != "none"])
    words = _comments(session, submission_id, chosen)
    found = [
        _one(phase, choice, row, ranked, criteria.get(phase.id, ()), words.get(phase.id, ()))
        for phase, choice, row, ranked in rows
    ]
    return [given for given in found if not given.says_nothing]


def _one(
    phase: Phase,
    choice: PhaseFeedback,
    row: RankingRow,
    ranked: int,
    criteria: Sequence[Criterion],
    words: Iterable[Comment],
) -> Given:
    places = rubric.method_of(phase).places
    total = None if choice.scores == "none" or row.total is None else f"{row.total:.{places}f}"
    by_criterion = tuple(
        OnCriterion(each.name_zh, each.name_en, each.maximum, row.panel.get(str(each.id)))
        for each in (criteria if choice.scores == "criteria" else ())
    )
    band = band_of(row.place, ranked) if choice.standing == "band" and row.place is not None else None
    return Given(
        phase,
        total,
        sum((each.maximum * each.weight for each in criteria), Decimal(0)) if total else None,
        by_criterion,
        row.place if choice.standing == "place" else None,
        row.shared,
        band,
        ranked,
        tuple(words),
    )


def _criteria(session: Session, phase_ids: Sequence[int]) -> dict[int, list[Criterion]]:
    found: dict[int, list[Criterion]] = {}
    if phase_ids:
        query = sa.select(Criterion).where(Criterion.phase_id.in_(phase_ids))
        for each in session.scalars(query.order_by(Criterion.position, Criterion.id)):
            found.setdefault(each.phase_id, []).append(each)
    return found


def _comments(
    session: Session, submission_id: int, chosen: Mapping[int, PhaseFeedback]
) -> dict[int, list[Comment]]:
    """Phase -> the words that the team may read, in an order that is the same each time and tells nobody."""
    wanted = {key: choice for key, choice in chosen.items() if choice.comments}
    if not wanted:
        return {}
    named = sa.and_(PhaseFeedback.names, Phase.blindness == "open")
    query = (
        sa.select(
            Assignment.phase_id,
            Scorecard.id,
            Scorecard.comment_solver,
            Scorecard.locked_at,
            CommentRuling.verdict,
            CommentRuling.text,
            CommentRuling.digest,
            sa.case((named, User.name)).label("name"),
        )
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Phase, Phase.id == Assignment.phase_id)
        .join(PhaseFeedback, PhaseFeedback.phase_id == Phase.id)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .outerjoin(User, User.id == PanelJudge.user_id)
        .outerjoin(CommentRuling, CommentRuling.scorecard_id == Scorecard.id)
        .where(Assignment.submission_id == submission_id, Assignment.phase_id.in_(wanted))
        .where(said_to_team())
    )
    found: dict[int, list[tuple[str, Comment]]] = {}
    for row in session.execute(query):
        choice = wanted[row.phase_id]
        text = told(row.comment_solver, row.verdict, row.text, row.digest)
        if text is not None and not _later(row.locked_at, choice.released_at):
            place = hashlib.sha256(f"{choice.seed}/{submission_id}/{row.id}".encode()).hexdigest()
            found.setdefault(row.phase_id, []).append((place, Comment(text, row.name or None)))
    return {phase: [each for _, each in sorted(mine, key=_first)] for phase, mine in found.items()}


def _first(pair: tuple[str, Any]) -> str:
    return pair[0]


def _later(locked_at: dt.datetime | None, released_at: dt.datetime | None) -> bool:
    """What was locked after the release was never looked at for names: it is not part of it."""
    return released_at is not None and (locked_at is None or locked_at > released_at)


def digest_of(text: str) -> str:
    """What a ruling remembers of the comment that it was made on."""
    return hashlib.sha256(text.encode()).hexdigest()


def told(text: str, verdict: str | None, instead: str | None, digest: str | None) -> str | None:
    """What the team reads for a comment; None where nothing, also while a ruling is about an older text."""
    if verdict is None:
        return text
    if verdict == "hidden" or digest != digest_of(text):
        return None
    return instead if verdict == "redacted" else text
