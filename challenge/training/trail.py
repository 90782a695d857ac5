"""What happened to a course: audited on the platform's chain, announced to whoever is in it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rules.permissions import Actor
from challenge.tasks import queue
from challenge.training.models import Course


def record(
    session: Session, actor: Actor, action: str, course: Course, *, at: dt.datetime | None = None
) -> None:
    """One audit entry about the course."""
    thing = f"course:{course.id}"
    chain.record(session, actor, action, thing, at=at, programme_id=course.programme_id)


def announce(session: Session, course: Course, event: str, now: dt.datetime) -> None:
    """Everybody in it and in line is told, once for each revision."""
    thing = f"course:{course.id}"
    queue.announce(session, event, thing, mark=course.revision, at=now, course_id=course.id)
