"""Sessions of a course: added, moved, taken out; each has a code that is shown in it."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.training import CODE_LENGTH, CODE_LETTERS
from challenge.training import facts, trail
from challenge.training.models import Course, CourseSession

MOST_SESSIONS = 60
TOPIC = 200
LONGEST = dt.timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Part:
    """When it is, and what it is about."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    topic: str = ""

    def values(self) -> dict[str, Any]:
        """By the names of its columns."""
        return {"starts_at": self.starts_at, "ends_at": self.ends_at, "topic": self.topic.strip()}


def add(session: Session, actor: Actor, ref: str, part: Part) -> CourseSession:
    """One more session; at the same start it is the one that is there. Raises Invalid."""
    course, now = _open(session, actor, ref)
    known = next((each for each in course.sessions if each.starts_at == part.starts_at), None)
    if known is not None:
        return known
    if len(course.sessions) >= MOST_SESSIONS:
        raise Invalid("starts_at", "too_many_rows", most=MOST_SESSIONS)
    _check(part, now)
    added = CourseSession(course_id=course.id, code=_new_code(), **part.values())
    session.add(added)
    _moved(session, actor, course, now)
    return added


def move(session: Session, actor: Actor, session_ref: str, part: Part) -> CourseSession:
    """Another time or topic, as long as it has not begun. The same again changes nothing."""
    course, found = facts.by_session(session, session_ref, hold=True)
    require(actor, Action.COURSE_EDIT, facts.subject_of(course))
    now = clock.now(session)
    if all(getattr(found, name) == value for name, value in part.values().items()):
        return found
    _still(course, found, now)
    _check(part, now)
    if any(each.starts_at == part.starts_at for each in course.sessions if each is not found):
        raise Invalid("starts_at", "session_twice")
    for name, value in part.values().items():
        setattr(found, name, value)
    _moved(session, actor, course, now)
    return found


def drop(session: Session, actor: Actor, session_ref: str) -> None:
    """Take a session out, as long as it has not begun and another is left to a published course."""
    course, found = facts.by_session(session, session_ref, hold=True)
    require(actor, Action.COURSE_EDIT, facts.subject_of(course))
    now = clock.now(session)
    _still(course, found, now)
    if course.state == "published" and len(course.sessions) == 1:
        raise WrongState("course_last_session")
    session.delete(found)
    _moved(session, actor, course, now)


def _open(session: Session, actor: Actor, ref: str) -> tuple[Course, dt.datetime]:
    course = facts.held(session, ref)
    require(actor, Action.COURSE_EDIT, facts.subject_of(course))
    if course.state == "cancelled":
        raise WrongState("course_cancelled")
    return course, clock.now(session)


def _still(course: Course, found: CourseSession, now: dt.datetime) -> None:
    """Raises WrongState for a session that has begun, or that will not be."""
    if course.state == "cancelled":
        raise WrongState("course_cancelled")
    if course.state == "published" and found.starts_at <= now:
        raise WrongState("session_begun")


def _moved(session: Session, actor: Actor, course: Course, now: dt.datetime) -> None:
    """The course's sessions are others: calendars count it, and whoever is in it is told."""
    course.updated_at = now
    course.revision += 1
    session.flush()
    if course.state == "published":
        trail.announce(session, course, "course.changed", now)
    trail.record(session, actor, "course.sessions_changed", course, at=now)


def _check(part: Part, now: dt.datetime) -> None:
    if part.ends_at <= part.starts_at:
        raise Invalid("ends_at", "ends_before_start")
    if part.ends_at - part.starts_at > LONGEST:
        raise Invalid("ends_at", "session_long", hours=LONGEST // dt.timedelta(hours=1))
    if part.starts_at <= now:
        raise Invalid("starts_at", "in_the_past", now=now)
    if len(part.topic.strip()) > TOPIC:
        raise Invalid("topic", "too_long", most=TOPIC, length=len(part.topic.strip()))


def _new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
