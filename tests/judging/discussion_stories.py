"""What tests of the discussion do: a judge locks, an organizer opens again, a phase closes."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from challenge.base import clock
from challenge.judging import reopening, scoring
from challenge.judging.models import Phase
from tests.judging.stories import Court


def lock(made: Court, judge: int, entry: int, *scores: object, **words: str) -> None:
    ref = made.assignment(judge, entry).ref
    scoring.lock(made.db, made.as_judge(judge), ref, made.entered(*scores, **words))


def url(made: Court, verb: str = "discussion", judge: int = 0, entry: int = 0) -> str:
    return f"/judge/{made.assignment(judge, entry).ref}/{verb}"


def room(made: Court, path: str = "") -> str:
    return f"/organize/rounds/{made.round.slug}/discussion{path}"


def open_again(made: Court, judge: int = 0, entry: int = 0, reason: str = "a slip") -> int:
    ref = made.assignment(judge, entry).ref
    return reopening.reopen(made.db, made.as_organizer, ref, reason, round_id=made.round.id)


def close_phase(made: Court) -> None:
    """The phase alone has closed; the judging of the round goes on."""
    over = sa.update(Phase).where(Phase.id == made.phase.id)
    made.db.execute(over.values(closes_at=clock.now(made.db) - dt.timedelta(minutes=1)))
    made.db.commit()
