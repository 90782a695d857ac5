"""What of the judges' words reaches a team: on the whole unless ruled out, on a criterion if ruled in.

The order is the same each time and tells nobody apart: it differs by entry, and by criterion too, so that
nobody reads off it which comments one judge wrote.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.awards.feedback_models import CommentRuling, CriterionRuling, PhaseFeedback
from challenge.judging.models import Assignment, PanelJudge, Phase, Score, Scorecard

Chosen = Mapping[int, PhaseFeedback]
"""Phase -> what was chosen for it."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One judge's words to the team; the name where the organizer chose names in an open phase."""

    text: str
    name: str | None


def to_team() -> sa.ColumnElement[bool]:
    """The condition on scorecards: locked, with words to a team."""
    return sa.and_(Scorecard.state == "locked", Scorecard.comment_solver != "")


def on_criterion() -> sa.ColumnElement[bool]:
    """The condition on scores: of a locked card, with words on the criterion."""
    return sa.and_(Scorecard.state == "locked", Score.comment != "")


def of_entry(session: Session, submission_id: int, chosen: Chosen) -> dict[int, list[Comment]]:
    """Phase -> the words on the whole that the team may read (one statement where any were chosen)."""
    wanted = {key: choice for key, choice in chosen.items() if choice.comments}
    if not wanted:
        return {}
    ruled = sa.select(
        *(Assignment.phase_id, Scorecard.id, Scorecard.comment_solver.label("said"), Scorecard.locked_at),
        *(CommentRuling.verdict, CommentRuling.text, CommentRuling.digest, _name()),
    )
    query = (
        _cards(ruled, submission_id, wanted)
        .outerjoin(CommentRuling, CommentRuling.scorecard_id == Scorecard.id)
        .where(to_team())
    )
    told = (
        (row.phase_id, row, told_of(row.said, row.verdict, row.text, row.digest))
        for row in session.execute(query)
    )
    return _ordered(told, wanted, lambda row: f"{submission_id}/{row.id}")


def of_criteria(session: Session, submission_id: int, chosen: Chosen) -> dict[int, list[Comment]]:
    """Criterion -> the words on it that were released one by one (one statement where any were chosen)."""
    wanted = {key: choice for key, choice in chosen.items() if choice.on_criteria}
    if not wanted:
        return {}
    ruled = sa.select(
        *(Assignment.phase_id, Scorecard.id, Score.criterion_id, Score.comment.label("said")),
        *(Scorecard.locked_at, CriterionRuling.verdict, CriterionRuling.text, CriterionRuling.digest),
        _name(),
    )
    this = sa.and_(
        CriterionRuling.scorecard_id == Score.scorecard_id, CriterionRuling.criterion_id == Score.criterion_id
    )
    query = (
        _cards(ruled, submission_id, wanted)
        .join(Score, Score.scorecard_id == Scorecard.id)
        .join(CriterionRuling, this)
        .where(on_criterion())
    )
    told = (
        (row.criterion_id, row, told_of(row.said, row.verdict, row.text, row.digest))
        for row in session.execute(query)
    )
    return _ordered(told, wanted, lambda row: f"{submission_id}/{row.criterion_id}/{row.id}")


def _name() -> sa.Label[Any]:
    named = sa.and_(PhaseFeedback.names, Phase.blindness == "open")
    return sa.case((named, User.name)).label("name")


def _cards(query: sa.Select[Any], submission_id: int, wanted: Chosen) -> sa.Select[Any]:
    """The entry's scorecards in these phases, with their judges."""
    return (
        query.select_from(Scorecard)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Phase, Phase.id == Assignment.phase_id)
        .join(PhaseFeedback, PhaseFeedback.phase_id == Phase.id)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .outerjoin(User, User.id == PanelJudge.user_id)
        .where(Assignment.submission_id == submission_id, Assignment.phase_id.in_(wanted))
    )


def _ordered(
    told: Iterable[tuple[int, Any, str | None]], wanted: Chosen, named: Callable[[Any], str]
) -> dict[int, list[Comment]]:
    found: dict[int, list[tuple[str, Comment]]] = {}
    for key, row, text in told:
        choice = wanted[row.phase_id]
        if text is not None and not _later(row.locked_at, choice.released_at):
            place = hashlib.sha256(f"{choice.seed}/{named(row)}".encode()).hexdigest()
            found.setdefault(key, []).append((place, Comment(text, row.name or None)))
    return {key: [each for _, each in sorted(mine, key=_first)] for key, mine in found.items()}


def _first(pair: tuple[str, Any]) -> str:
    return pair[0]


def _later(locked_at: dt.datetime | None, released_at: dt.datetime | None) -> bool:
    """What was locked after the release was never looked at for names: it is not part of it."""
    return released_at is not None and (locked_at is None or locked_at > released_at)


def digest_of(text: str) -> str:
    """What a ruling remembers of the comment that it was made on."""
    return hashlib.sha256(text.encode()).hexdigest()


def told_of(text: str, verdict: str | None, instead: str | None, digest: str | None) -> str | None:
    """What the team reads for a comment; None where nothing, also while a ruling is about an older text."""
    if verdict is None:
        return text
    if verdict == "hidden" or digest != digest_of(text):
        return None
    return instead if verdict == "redacted" else text
