"""How the work is going: counts, the oldest that waits, who ticks; and a failed task sent round again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.clock import db_now
from challenge.base.db import insert_into
from challenge.rules.errors import NotFound
from challenge.rules.lifecycles import TASK
from challenge.tasks.models import Beat, Task

FORGOTTEN_AFTER = dt.timedelta(days=1)
SILENT_AFTER = dt.timedelta(seconds=30)  # three beats of ten seconds


@dataclass(frozen=True, slots=True)
class Kind:
    """How the work of one kind stands: what is done already is left out."""

    kind: str
    queued: int
    leased: int
    failed: int
    oldest: dt.datetime | None  # since when the oldest that is due waits


@dataclass(frozen=True, slots=True)
class Health:
    """Counts by state, since when the oldest due task waits, and the processes with their last tick."""

    counts: dict[str, int]
    waits_since: dt.datetime | None
    workers: Sequence[tuple[str, dt.datetime]]


def health(session: Session, now: dt.datetime) -> Health:
    """The state of the work, in three statements."""
    counted = session.execute(sa.select(Task.state, sa.func.count()).group_by(Task.state))
    counts = dict.fromkeys(sorted(TASK.states), 0)
    for state, number in counted:
        counts[state] = number
    oldest = sa.select(sa.func.min(Task.run_at)).where(Task.state == "queued", Task.run_at <= now)
    beats = sa.select(Beat.name, Beat.at).order_by(Beat.at.desc())
    workers = [(name, at) for name, at in session.execute(beats)]
    return Health(counts, session.scalar(oldest), workers)


def ticks(session: Session) -> bool:
    """Whether any `flask work` has ticked within the last half minute, in one statement."""
    row = session.execute(sa.select(sa.func.max(Beat.at), db_now())).one()
    newest: dt.datetime | None = row[0]
    return newest is not None and row[1] - newest < SILENT_AFTER


def by_kind(session: Session, now: dt.datetime) -> list[Kind]:
    """Each kind of work that waits, runs or has failed; one statement."""
    waits = sa.case((sa.and_(Task.state == "queued", Task.run_at <= now), Task.run_at))

    def count(state: str) -> sa.ColumnElement[int]:
        return sa.func.count(sa.case((Task.state == state, 1)))

    columns = (Task.kind, count("queued"), count("leased"), count("failed"), sa.func.min(waits))
    query = sa.select(*columns).where(Task.state.in_(("queued", "leased", "failed")))
    return [Kind(*row) for row in session.execute(query.group_by(Task.kind).order_by(Task.kind))]


def failed(session: Session, limit: int = 50) -> Sequence[Task]:
    """The tasks that were given up, newest first."""
    query = sa.select(Task).where(Task.state == "failed").order_by(Task.id.desc()).limit(limit)
    return session.scalars(query).all()


def retry(session: Session, task_id: int) -> bool:
    """Put a failed task back in the queue with all its tries; False where it is not failed any more."""
    task = session.get(Task, task_id)
    if task is None:
        raise NotFound
    if task.state != "failed":
        return False
    task.state, task.attempts, task.run_at = TASK.step(task.state, "retry"), 0, clock.now(session)
    session.flush()
    return True


def drop(session: Session, task_id: int) -> bool:
    """Leave a failed task undone for good; False where it is not failed any more."""
    task = session.get(Task, task_id)
    if task is None:
        raise NotFound
    if task.state != "failed":
        return False
    task.state, task.done_at = TASK.step(task.state, "drop"), clock.now(session)
    session.flush()
    return True


def beat(session: Session, name: str) -> None:
    """Note that the process of this name ticks; processes unheard of for a day are forgotten."""
    row = insert_into(session, Beat).values(name=name, at=db_now())
    session.execute(row.on_conflict_do_update(index_elements=[Beat.name], set_={"at": db_now()}))
    session.execute(sa.delete(Beat).where(Beat.at < clock.now(session) - FORGOTTEN_AFTER))


def rest(session: Session, name: str) -> None:
    """Note that the process has ended in order."""
    session.execute(sa.delete(Beat).where(Beat.name == name))
