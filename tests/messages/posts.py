"""Letters to be sent, and the next try of one."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.messages import letters
from challenge.tasks import queue
from challenge.tasks.models import Task


def write_to(db: Session, person: User, template: str = "account_changed", **about: object) -> Task:
    """One letter to be sent."""
    work = letters.mail(f"test/{template}", template, user_id=person.id, **about)
    queue.put(db, work)
    return db.scalars(sa.select(Task).where(Task.key == work.key)).one()


def due_now(db: Session, task: Task) -> None:
    """Let the pause after a failed try be over."""
    db.refresh(task)
    task.run_at = clock.now(db) - dt.timedelta(seconds=1)
    if task.lease_until is not None:
        task.lease_until = task.run_at
