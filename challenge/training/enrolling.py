"""A place in a course: taken, waited for, left. A line moves up by itself, in the order of asking."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.lifecycles import ENROLMENT
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue
from challenge.training import facts
from challenge.training.models import Course, Enrolment

NAME = 100


def enrol(session: Session, actor: Actor, ref: str, name: str) -> Enrolment:
    """Take a place, or one in the line where all are taken; until the first session begins.

    `name` is what a certificate will say. Asked twice it is one place, and the name is the newer one. Raises
    Invalid `name`, WrongState once it has begun.
    """
    course = facts.held(session, ref)
    require(actor, Action.COURSE_ENROL, facts.subject_of(course))
    plain = _name(name)
    now = clock.now(session)
    mine = facts.enrolment_of(session, course, actor.user_id)
    if mine is not None and mine.state in facts.INSIDE:
        mine.name = plain
        session.flush()
        return mine
    _before_start(course, now)
    state = "enrolled" if _taken(session, course) < course.seats else "waiting"
    if mine is None:
        assert actor.user_id is not None
        mine = Enrolment(course_id=course.id, user_id=actor.user_id, state=state, name=plain, queued_at=now)
        session.add(mine)
    else:
        mine.state = ENROLMENT.step(mine.state, "enrol" if state == "enrolled" else "wait")
        mine.name, mine.queued_at = plain, now
    mine.moved_at = now
    session.flush()
    _told(session, actor, "course.enrolled" if state == "enrolled" else "course.queued", course, mine, now)
    return mine


def leave(session: Session, actor: Actor, ref: str) -> None:
    """Give the place back, until the first session begins: the first in line has it. Twice is once."""
    course = facts.held(session, ref)
    mine = facts.enrolment_of(session, course, actor.user_id)
    require(actor, Action.COURSE_LEAVE, facts.subject_of(course, mine))
    assert mine is not None
    if mine.state == "left":
        return
    now = clock.now(session)
    _before_start(course, now)
    mine.state, mine.moved_at = ENROLMENT.step(mine.state, "leave"), now
    session.flush()
    fill(session, actor, course, now)
    _record(session, actor, "course.left", course, mine, now)


def fill(session: Session, actor: Actor, course: Course, now: dt.datetime) -> None:
    """Let those in who wait, as far as there are places; nobody once it has begun. Each is told once."""
    if course.state != "published" or not course.sessions or course.sessions[0].starts_at <= now:
        return
    free = course.seats - _taken(session, course)
    if free <= 0:
        return
    line = sa.select(Enrolment).where(Enrolment.course_id == course.id, Enrolment.state == "waiting")
    order = line.order_by(Enrolment.queued_at, Enrolment.id).limit(free)
    for each in session.scalars(order.with_for_update()).all():
        each.state, each.moved_at = ENROLMENT.step(each.state, "move_up"), now
        session.flush()
        _told(session, actor, "course.moved_up", course, each, now)


def _taken(session: Session, course: Course) -> int:
    inside = (Enrolment.course_id == course.id, Enrolment.state == "enrolled")
    return session.scalar(sa.select(sa.func.count()).select_from(Enrolment).where(*inside)) or 0


def _before_start(course: Course, now: dt.datetime) -> None:
    if not course.sessions or course.sessions[0].starts_at <= now:
        raise WrongState("course_begun")


def _name(text: str) -> str:
    plain = " ".join(text.split())
    if not plain:
        raise Invalid("name", "required")
    if len(plain) > NAME:
        raise Invalid("name", "too_long", most=NAME, length=len(plain))
    return plain


def _told(
    session: Session, actor: Actor, event: str, course: Course, enrolment: Enrolment, now: dt.datetime
) -> None:
    thing = f"enrolment:{enrolment.id}"
    ids = {"course_id": course.id, "user_id": enrolment.user_id}
    queue.announce(session, event, thing, mark=now.isoformat(), at=now, **ids)
    _record(session, actor, event, course, enrolment, now)


def _record(
    session: Session, actor: Actor, action: str, course: Course, enrolment: Enrolment, now: dt.datetime
) -> None:
    chain.record(session, actor, action, f"enrolment:{enrolment.id}", at=now, course_id=course.id)
