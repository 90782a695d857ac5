"""The comments of a phase as its organizer looks through them, and which of them seem to name a judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.awards import feedback
from challenge.awards.feedback_models import CommentRuling
from challenge.judging.models import Assignment, PanelJudge, Phase, Scorecard
from challenge.judging.scorecards import JUDGED
from challenge.rules import naming
from challenge.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Written:
    """One judge's words to a team, and what was decided about them."""

    ref: str  # of the assignment
    code: str
    label: str
    text: str
    verdict: str | None
    instead: str | None
    undecided: bool  # somebody has to look at it before anything is released
    stale: bool  # for it was changed after the decision
    names: tuple[str, ...]  # of members of the round's panels that stand in it
    own: bool  # of an entry whose team the reader belongs to


def of_phase(session: Session, phase: Phase, reader: int | None = None) -> list[Written]:
    """Every comment to a team on a locked card of the phase, the undecided first (two statements).

    Of an entry of the reader's own team the text is left out: it is released to everybody at once.
    """
    query = (
        sa.select(
            Assignment.ref,
            Submission.code,
            PanelJudge.label,
            Scorecard.comment_solver,
            CommentRuling.verdict,
            CommentRuling.text,
            CommentRuling.digest,
            feedback.own_team(reader).label("own"),
        )
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(CommentRuling, CommentRuling.scorecard_id == Scorecard.id)
        .where(Assignment.phase_id == phase.id, Submission.state.in_(JUDGED))
        .where(feedback.said_to_team())
        .order_by(Submission.code, Assignment.id)
    )
    rows = session.execute(query).all()
    named: dict[str, list[str]] = {}
    for ref, name in naming.found(_panel(session, phase.round_id), {row[0]: row[3] for row in rows}):
        named.setdefault(ref, []).append(name)
    found = [_written(row, named.get(row.ref, ())) for row in rows]
    return sorted(found, key=lambda each: (not each.undecided, not each.names))


def _written(row: Any, names: Sequence[str]) -> Written:
    stale = row.digest is not None and row.digest != feedback.digest_of(row.comment_solver)
    return Written(
        row.ref,
        row.code,
        row.label,
        "" if row.own else row.comment_solver,
        row.verdict,
        None if row.own else row.text,
        stale or (bool(names) and row.verdict is None),
        stale,
        () if row.own else tuple(names),
        row.own,
    )


def undecided(session: Session, phase: Phase) -> int:
    """How many comments wait for a word (two statements)."""
    return sum(each.undecided for each in of_phase(session, phase))


def _panel(session: Session, round_id: int) -> Iterable[str]:
    """Names and addresses of everyone on a panel of the round."""
    query = (
        sa.select(User.name, User.email)
        .join(PanelJudge, PanelJudge.user_id == User.id)
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .where(Phase.round_id == round_id)
        .distinct()
    )
    return [word for row in session.execute(query) for word in row if word]
