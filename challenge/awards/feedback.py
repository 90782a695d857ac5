"""What a team reads of its judges' words: once the round's results are published, without any label."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.models import Notice
from challenge.judging.models import Assignment, Scorecard
from challenge.submissions.models import Submission


def for_team(session: Session, submission_id: int) -> list[str]:
    """The judges' words to the team, in no order that tells who wrote them; none before publication."""
    query = (
        sa.select(Scorecard.comment_solver)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .join(Notice, Notice.round_id == Submission.round_id)
        .where(
            Assignment.submission_id == submission_id,
            Scorecard.state == "locked",
            Scorecard.comment_solver != "",
            Notice.published_at.is_not(None),
        )
        .order_by(Scorecard.comment_solver)
    )
    return list(session.scalars(query))
