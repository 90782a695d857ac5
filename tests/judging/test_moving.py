"""When judging as a whole moves, its phases move along."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.flow.errands import drain
from challenge.judging import moving
from challenge.rounds import extending
from challenge.rounds.models import Override, RoundWindow
from challenge.rules.stages import Stage
from tests.judging.stories import Court, court

HOUR = dt.timedelta(hours=1)


def judging_opens(made: Court) -> dt.datetime:
    query = sa.select(RoundWindow.opens_at).where(RoundWindow.round_id == made.round.id)
    found = made.db.scalar(query.where(RoundWindow.stage == "judging"))
    assert found
    return found


def test_when_judging_moves_as_a_whole_its_phases_move_along_once(db: Session) -> None:
    made = court(db, judges=1, entries=0, stage=Stage.SUBMISSION)
    start = judging_opens(made)
    made.phase.opens_at, made.phase.closes_at = start + HOUR, start + 2 * HOUR
    db.commit()
    extending.extend(
        db,
        made.as_organizer,
        made.round.id,
        Stage.SUBMISSION,
        start + 9 * HOUR,
        "A holiday.",
        move_later=True,
    )
    db.commit()
    drain()
    db.expire_all()
    start = judging_opens(made)
    assert (made.phase.opens_at, made.phase.closes_at) == (start + HOUR, start + 2 * HOUR)
    override = db.scalars(sa.select(Override.id)).one()
    assert moving.move_along(db, made.round.id, override) == 0
