"""What pages of training read: courses, who is in one, how they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import User
from challenge.rounds.models import Programme
from challenge.rules import training
from challenge.rules.training import Bar
from challenge.training.facts import INSIDE, PUBLIC
from challenge.training.models import Attendance, Certificate, Course, CourseSession, Enrolment


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course in a list: when it begins and ends, and how many places are taken."""

    ref: str
    state: str
    level: str
    title_zh: str | None
    title_en: str | None
    hours: Decimal
    fee: str
    seats: int
    zone: str
    programme_zh: str | None
    programme_en: str | None
    taken: int
    waiting: int
    sessions: int
    begins_at: dt.datetime | None
    ends_at: dt.datetime | None

    @property
    def free(self) -> int:
        """Places that are left; none where people wait."""
        return 0 if self.waiting else max(0, self.seats - self.taken)


@dataclass(frozen=True, slots=True)
class Student:
    """Somebody in a course: what they attended, their mark, whether they have passed, their certificate."""

    id: int
    ref: str
    user_id: int
    name: str
    email: str
    state: str
    mark: Decimal | None
    queued_at: dt.datetime
    there: frozenset[int]
    passed: bool
    number: str | None


def open_courses(session: Session, now: dt.datetime, *, level: str = "", limit: int = 200) -> list[CourseRow]:
    """What one can enrol in, the next first (one statement)."""
    rows = _rows(session, [Course.state == "published"], level)
    return [row for row in rows if row.begins_at is not None and row.begins_at > now][:limit]


def past_courses(session: Session, now: dt.datetime, *, level: str = "", limit: int = 50) -> list[CourseRow]:
    """What has begun, the newest first (one statement)."""
    rows = _rows(session, [Course.state == "published"], level)
    return [row for row in reversed(rows) if row.begins_at is not None and row.begins_at <= now][:limit]


def of_programme(session: Session, programme_id: int) -> list[CourseRow]:
    """All courses of a programme, those that are still to come last (one statement)."""
    return _rows(session, [Course.programme_id == programme_id], "")


def mine(session: Session, user_id: int, limit: int = 100) -> Sequence[Enrolment]:
    """My places and waits, with their courses and sessions, the newest first (two statements)."""
    query = (
        sa.select(Enrolment)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.user_id == user_id, Enrolment.state.in_(INSIDE), Course.state.in_(PUBLIC))
        .options(joinedload(Enrolment.course, innerjoin=True).selectinload(Course.sessions))
        .order_by(Enrolment.id.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def counts(session: Session, course: Course) -> tuple[int, int]:
    """How many have a place, and how many wait (one statement)."""
    states = sa.select(Enrolment.state, sa.func.count()).where(Enrolment.course_id == course.id)
    found = dict(session.execute(states.group_by(Enrolment.state)).all())
    return found.get("enrolled", 0), found.get("waiting", 0)


def attended(session: Session, enrolment_id: int) -> frozenset[int]:
    """Ids of the sessions that somebody was in (one statement)."""
    query = sa.select(Attendance.session_id).where(Attendance.enrolment_id == enrolment_id)
    return frozenset(session.scalars(query))


def students(session: Session, course: Course) -> list[Student]:
    """Everybody in a course, those with a place first, in the order of asking (two statements)."""
    stands = sa.and_(Certificate.enrolment_id == Enrolment.id, Certificate.revoked_at.is_(None))
    query = (
        sa.select(Enrolment, User.email, Certificate.number)
        .join(User, User.id == Enrolment.user_id)
        .outerjoin(Certificate, stands)
        .where(Enrolment.course_id == course.id, Enrolment.state.in_(INSIDE))
        .order_by(Enrolment.state, Enrolment.queued_at, Enrolment.id)
    )
    rows = session.execute(query).all()
    there: dict[int, set[int]] = {}
    of = sa.select(Attendance.enrolment_id, Attendance.session_id).join(
        CourseSession, CourseSession.id == Attendance.session_id
    )
    for enrolment_id, session_id in session.execute(of.where(CourseSession.course_id == course.id)):
        there.setdefault(enrolment_id, set()).add(session_id)
    return [
        _student(course, enrolment, email, number, frozenset(there.get(enrolment.id, ())))
        for enrolment, email, number in rows
    ]


def bar_of(course: Course) -> Bar:
    """What it asks for."""
    return Bar(course.share, course.exam_least)


def _student(
    course: Course, enrolment: Enrolment, email: str, number: str | None, there: frozenset[int]
) -> Student:
    has = training.passed(bar_of(course), len(there), len(course.sessions), enrolment.mark)
    return Student(
        id=enrolment.id,
        ref=enrolment.ref,
        user_id=enrolment.user_id,
        name=enrolment.name,
        email=email,
        state=enrolment.state,
        mark=enrolment.mark,
        queued_at=enrolment.queued_at,
        there=there,
        passed=has and enrolment.state == "enrolled",
        number=number,
    )


def _rows(session: Session, where: Sequence[sa.ColumnElement[bool]], level: str) -> list[CourseRow]:
    """By the start of the first session; those without one come last."""

    def inside(state: str) -> sa.ScalarSelect[int]:
        mine = (Enrolment.course_id == Course.id, Enrolment.state == state)
        return sa.select(sa.func.count()).select_from(Enrolment).where(*mine).scalar_subquery()

    parts = (
        sa.select(
            CourseSession.course_id,
            sa.func.count().label("count"),
            sa.func.min(CourseSession.starts_at).label("begins"),
            sa.func.max(CourseSession.ends_at).label("ends"),
        )
        .group_by(CourseSession.course_id)
        .subquery()
    )
    query = (
        sa.select(
            *(Course.ref, Course.state, Course.level, Course.title_zh, Course.title_en, Course.hours),
            *(Course.fee, Course.seats, Course.zone, Programme.title_zh, Programme.title_en),
            *(inside("enrolled"), inside("waiting")),
            *(sa.func.coalesce(parts.c.count, 0), parts.c.begins, parts.c.ends),
        )
        .join(Programme, Programme.id == Course.programme_id)
        .outerjoin(parts, parts.c.course_id == Course.id)
        .where(*where, *([Course.level == level] if level else []))
        .order_by(parts.c.begins.is_(None), parts.c.begins, Course.id)
    )
    rows: list[Any] = list(session.execute(query))
    return [CourseRow(*row) for row in rows]
