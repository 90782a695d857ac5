"""Which track of its round a submission is in: its requirement's, or the one chosen when it began."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements.models import Requirement
from challenge.rounds.models import Theme
from challenge.submissions.models import Submission


def of_submission() -> sa.ColumnElement[int | None]:
    """The track's id, as an expression for a query over `Submission`; NULL where it is in none.

    It is asked for each time and stored nowhere, so that a requirement that moves takes its entries along.
    """
    asked = sa.orm.aliased(Requirement)
    mine = sa.select(asked.theme_id).where(asked.id == Submission.requirement_id).scalar_subquery()
    return sa.func.coalesce(mine, Submission.theme_id)


def theme_of(session: Session, submission_id: int) -> Theme | None:
    """The track of one submission (one statement)."""
    query = sa.select(Theme).join(Submission, Theme.id == of_submission())
    return session.scalars(query.where(Submission.id == submission_id)).one_or_none()
