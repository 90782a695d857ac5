"""What judges wrote beside their scores: to the organizer as soon as a card is locked, to the team later."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging.models import Assignment, PanelJudge, Scorecard


@dataclass(frozen=True, slots=True)
class Remark:
    """One locked scorecard's words; the judge stands as a label, never by name."""

    label: str
    total: Decimal | None
    to_organizer: str
    to_solver: str
    locked_at: dt.datetime | None


def of_submission(session: Session, submission_id: int) -> list[Remark]:
    """The words of every locked scorecard of an entry, by the judges' labels; one statement."""
    query = (
        sa.select(
            PanelJudge.label,
            Scorecard.total,
            Scorecard.comment_organizer,
            Scorecard.comment_solver,
            Scorecard.locked_at,
        )
        .join(Assignment, Assignment.judge_id == PanelJudge.id)
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(Assignment.submission_id == submission_id, Scorecard.state == "locked")
        .order_by(PanelJudge.label)
    )
    return [Remark(*row) for row in session.execute(query)]
