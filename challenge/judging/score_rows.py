"""What stands on cards that are locked: a row that says the same again is known."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging.models import Score, Scorecard


def locked(session: Session, assignments: Collection[int]) -> dict[int, dict[str, Decimal]]:
    """The scores of the locked cards among these assignments, by the key of the criterion's column."""
    query = (
        sa.select(Scorecard.assignment_id, Score.criterion_id, Score.value)
        .join(Score, Score.scorecard_id == Scorecard.id)
        .where(Scorecard.assignment_id.in_(assignments), Scorecard.state == "locked")
    )
    found: dict[int, dict[str, Decimal]] = {}
    for assignment, criterion, value in session.execute(query):
        if value is not None:
            found.setdefault(assignment, {})[f"c{criterion}"] = value
    return found
