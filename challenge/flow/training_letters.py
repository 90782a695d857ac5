"""Letters of training: who is in a course, and the reminder of the day before.

There is no job per course: every few minutes the courses that begin within a day are looked up, and each puts
a row of work under one name for all time. A course that moved is found anew, and nobody is reminded twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.flow.audiences import Ids
from challenge.messages import letters
from challenge.tasks import queue
from challenge.tasks.queue import Work
from challenge.training.facts import INSIDE
from challenge.training.models import Course, CourseSession, Enrolment

REMINDER = "course_reminded"
BEFORE = dt.timedelta(days=1)
Facts = Mapping[str, Any]


def inside(facts: Facts) -> Ids:
    """Everybody who has a place in the course, or waits for one."""
    return sa.select(Enrolment.user_id).where(
        Enrolment.course_id == facts["course_id"], Enrolment.state.in_(INSIDE)
    )


def due(session: Session) -> list[Work]:
    """A row of work for each course whose first session begins within a day (two statements)."""
    now = clock.now(session)
    first = sa.func.min(CourseSession.starts_at)
    query = (
        sa.select(CourseSession.course_id)
        .join(Course, Course.id == CourseSession.course_id)
        .where(Course.state == "published", CourseSession.starts_at > now - BEFORE)
        .group_by(CourseSession.course_id)
        .having(sa.and_(first > now, first <= now + BEFORE))
    )
    return [
        Work("course_remind", f"course-remind/{each}", {"course_id": each}) for each in session.scalars(query)
    ]


def remind(task: queue.Leased) -> None:
    """A letter to each who has a place, unless the course was called off, or has begun, since."""
    number = task.payload["course_id"]
    with fresh_session() as session:
        now = clock.now(session)
        begins = sa.select(sa.func.min(CourseSession.starts_at)).where(CourseSession.course_id == number)
        at = session.scalar(begins)
        course = session.get(Course, number)
        if course is not None and course.state == "published" and at is not None and at > now:
            queue.put(session, *_reminders(session, number))
        queue.finish(session, task)


def _reminders(session: Session, course_id: int) -> list[Work]:
    query = (
        sa.select(Enrolment.user_id)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.course_id == course_id, Enrolment.state == "enrolled")
        .where(User.active.is_(True), User.confirmed_at.is_not(None))
        .order_by(Enrolment.user_id)
    )
    cause = f"course:{course_id}"
    return [
        letters.mail(cause, REMINDER, user_id=each, course_id=course_id) for each in session.scalars(query)
    ]
