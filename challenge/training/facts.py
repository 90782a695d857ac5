"""Courses found, and the facts of them that the permission table asks for."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from challenge.base.db import begin_write
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Subject
from challenge.training.models import Course, CourseSession, Enrolment

PUBLIC = ("published", "cancelled")
INSIDE = ("enrolled", "waiting")


def by_ref(session: Session, ref: str) -> Course:
    """A course with its programme, host and sessions (two statements); raises NotFound."""
    return _one(session, Course.ref == ref)


def held(session: Session, ref: str) -> Course:
    """The same with its row locked: whoever enrols, leaves or changes it comes one after the other."""
    begin_write(session)
    session.scalar(sa.select(Course.id).where(Course.ref == ref).with_for_update())
    return _one(session, Course.ref == ref)


def by_session(session: Session, ref: str, *, hold: bool = False) -> tuple[Course, CourseSession]:
    """The course of a session, and the session; `hold`: with the course locked. Raises NotFound."""
    of = sa.select(Course.ref).join(CourseSession, CourseSession.course_id == Course.id)
    course_ref = session.scalar(of.where(CourseSession.ref == ref)) or ""
    course = held(session, course_ref) if hold else by_ref(session, course_ref)
    found = next((each for each in course.sessions if each.ref == ref), None)
    if found is None:
        raise NotFound  # taken out meanwhile
    return course, found


def _one(session: Session, which: sa.ColumnElement[bool]) -> Course:
    query = (
        sa.select(Course)
        .where(which)
        .options(
            joinedload(Course.programme, innerjoin=True).joinedload(Programme.host),
            selectinload(Course.sessions),
        )
        .execution_options(populate_existing=True)
    )
    course = session.scalar(query)
    if course is None:
        raise NotFound
    return course


def subject_of(course: Course, enrolment: Enrolment | None = None) -> Subject:
    """Its facts; `enrolment`: that of whoever asks, if they have one, whatever became of it."""
    return Subject(
        kind="course",
        state=course.state,
        public=course.state in PUBLIC,
        programme_id=course.programme_id,
        host_id=course.programme.host_id,
        team=frozenset() if enrolment is None else frozenset({enrolment.user_id}),
    )


def enrolment_of(session: Session, course: Course, user_id: int | None) -> Enrolment | None:
    """Somebody's enrolment, whatever became of it (one statement)."""
    mine = (Enrolment.course_id == course.id, Enrolment.user_id == (user_id or 0))
    return session.scalar(sa.select(Enrolment).where(*mine))


def programme_subject(programme: Programme) -> Subject:
    """The facts of a programme, for a course that is not there yet."""
    return programmes.subject_of(programme)


def begun(course: Course, now: dt.datetime) -> bool:
    """Whether its first session has begun."""
    return bool(course.sessions) and course.sessions[0].starts_at <= now


def over(course: Course, now: dt.datetime) -> bool:
    """Whether its last session has ended."""
    return bool(course.sessions) and max(each.ends_at for each in course.sessions) <= now
