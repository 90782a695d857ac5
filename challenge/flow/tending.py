"""Failed work looked after by an administrator: tried again, or dropped for good; each is on record."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import acting
from challenge.audit import chain
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import health
from challenge.tasks.models import Task


def retry(session: Session, actor: Actor, task_id: int) -> bool:
    """Put a failed task back in the queue; False where it is not failed any more."""
    require(actor, Action.USER_MANAGE)
    if not health.retry(session, task_id):
        return False
    chain.record(session, actor, "task.retried", f"task:{task_id}")
    return True


def retry_kind(session: Session, actor: Actor, kind: str) -> int:
    """Put all failed tasks of a kind back, at most a thousand at once; how many."""
    require(actor, Action.USER_MANAGE)
    failed = sa.select(Task.id).where(Task.state == "failed", Task.kind == kind)
    ids = session.scalars(failed.order_by(Task.id).limit(1000)).all()
    count = sum(health.retry(session, each) for each in ids)
    if count:
        chain.record(session, actor, "task.retried", f"tasks:{kind}", count=count)
    return count


def drop(session: Session, actor: Actor, task_id: int, reason: str) -> bool:
    """Leave a failed task undone for good, with a reason; False where it is not failed any more."""
    require(actor, Action.USER_MANAGE)
    if not health.drop(session, task_id):
        return False
    act = acting.because(session, actor, "task_dropped", reason)
    chain.record(session, actor, "task.dropped", f"task:{task_id}", act_id=act.id)
    return True
