"""Put work, lease it, finish it. At least once, with keys that make twice harmless."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock, requests
from challenge.base.db import begin_write, insert_into
from challenge.tasks.models import Task

LEASE = dt.timedelta(seconds=120)
MAX_ATTEMPTS = 16  # over seven hours: a mail server may be away for a while


@dataclass(frozen=True, slots=True)
class Work:
    """A task to put: `key` is unique over all time."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    delay: dt.timedelta = dt.timedelta(0)


@dataclass(frozen=True, slots=True)
class Leased:
    """A task that this process holds until `until`."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    attempts: int
    request_id: str | None = None


def put(session: Session, *works: Work, at: dt.datetime | None = None) -> None:
    """Add rows of work to the caller's transaction; a key that exists already is left as it is."""
    if not works:
        return
    now = at or clock.now(session)
    rows = [
        {
            "key": work.key,
            "kind": work.kind,
            "payload": dict(work.payload),
            "state": "queued",
            "run_at": now + work.delay,
            "attempts": 0,
            "created_at": now,
            "request_id": requests.current(),
        }
        for work in works
    ]
    for start in range(0, len(rows), 500):
        session.execute(insert_into(session, Task).values(rows[start : start + 500]).on_conflict_do_nothing())


def put_again(session: Session, work: Work) -> None:
    """Add a row of work that somebody asked for; one that was done or given up begins anew."""
    put(session, work)
    ended = sa.and_(Task.key == work.key, Task.state.in_(("done", "failed")))
    anew = {"state": "queued", "run_at": clock.now(session), "attempts": 0, "error": None, "done_at": None}
    session.execute(sa.update(Task).where(ended).values(anew))


def state_of(session: Session, key: str) -> str | None:
    """How a row of work stands: queued, leased, done, failed; None where there is none."""
    return session.scalar(sa.select(Task.state).where(Task.key == key))


def announce(
    session: Session,
    event: str,
    subject: str,
    *,
    mark: object = "",
    at: dt.datetime | None = None,
    **data: Any,
) -> None:
    """Say downward that something happened; flow/effects.py names what follows from it.

    `mark` tells two happenings of one event on one subject apart (a version number, an audit position).
    """
    key = f"event/{event}/{subject}/{mark}"
    put(session, Work("event", key, {"event": event, "subject": subject, **data}), at=at)


def lease(
    session: Session, limit: int = 20, kinds: Collection[str] = (), but: Collection[str] = ()
) -> list[Leased]:
    """Take up to `limit` due tasks for this process; expired leases of dead processes come back here too.

    Of these `kinds` alone where any are named, and of none that `but` names.
    """
    begin_write(session)
    now = clock.now(session)
    due = sa.or_(
        sa.and_(Task.state == "queued", Task.run_at <= now),
        sa.and_(Task.state == "leased", Task.lease_until <= now),
    )
    pick = sa.select(Task.id).where(due).order_by(Task.run_at, Task.id).limit(limit)
    if kinds:
        pick = pick.where(Task.kind.in_(kinds))
    if but:
        pick = pick.where(Task.kind.not_in(but))
    ids = list(session.scalars(pick.with_for_update(skip_locked=True)))
    if not ids:
        return []
    taken = (
        sa.update(Task)
        .where(Task.id.in_(ids))
        .values(state="leased", lease_until=now + LEASE, attempts=Task.attempts + 1)
        .returning(Task.id, Task.kind, Task.key, Task.payload, Task.attempts, Task.request_id)
        .execution_options(synchronize_session=False)
    )
    return sorted((Leased(*row) for row in session.execute(taken)), key=lambda task: task.id)


def hold_on(session: Session, task: Leased) -> bool:
    """Lease a task anew that this process still holds; False if another process has taken it over."""
    longer = sa.update(Task).where(_mine(task)).values(lease_until=clock.now(session) + LEASE)
    return bool(session.execute(longer).rowcount)  # type: ignore[attr-defined]


def give_back(session: Session, task: Leased) -> bool:
    """Put a task back that was not begun: this process ends, and another takes it at once."""
    return _leave(session, task, state="queued", attempts=Task.attempts - 1)


def finish(session: Session, task: Leased) -> bool:
    """Mark a leased task done; False if another process has taken it over meanwhile."""
    return _leave(session, task, state="done", done_at=clock.now(session), error=None)


def fail(session: Session, task: Leased, error: str) -> bool:
    """Put a task back with a growing pause, or give it up after `MAX_ATTEMPTS`."""
    if task.attempts >= MAX_ATTEMPTS:
        return _leave(session, task, state="failed", error=error[:2000])
    pause = dt.timedelta(seconds=min(2**task.attempts * 5, 3600))
    return _leave(session, task, state="queued", run_at=clock.now(session) + pause, error=error[:2000])


def give_up(session: Session, task: Leased, error: str) -> bool:
    """Leave a task undone for good, with what stood against it: trying again would change nothing."""
    return _leave(session, task, state="failed", error=error[:2000])


def _leave(session: Session, task: Leased, **values: Any) -> bool:
    result = session.execute(sa.update(Task).where(_mine(task)).values(lease_until=None, **values))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def _mine(task: Leased) -> sa.ColumnElement[bool]:
    # attempts is the fencing token: a process whose lease expired and was retaken no longer matches.
    return sa.and_(Task.id == task.id, Task.state == "leased", Task.attempts == task.attempts)
