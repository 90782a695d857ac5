"""Courses of a programme: written, published, called off."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import begin_write
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.lifecycles import COURSE
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.training import LEVELS
from challenge.training import enrolling, facts, trail
from challenge.training.models import Course

ABOUT, LINE, REASON = 3000, 200, 500
MOST_SEATS, MOST_MONTHS = 10_000, 600
MOST_HOURS = Decimal(1000)
MOST_MARK = Decimal(1000)


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What is written about a course. `share` in per cent of the sessions; no `exam_least`: no exam."""

    level: str
    title_zh: str = ""
    title_en: str = ""
    about_zh: str = ""
    about_en: str = ""
    hours: Decimal = Decimal(0)
    fee: str = ""
    place: str = ""
    online: str = ""
    seats: int = 30
    zone: str = "Asia/Shanghai"
    share: int = 80
    exam_least: Decimal | None = None
    valid_months: int | None = None


def create(session: Session, actor: Actor, programme: Programme, given: CourseFacts) -> Course:
    """Draft a course; the same title while it is a draft is the same course. Raises `InvalidMany`."""
    require(actor, Action.COURSE_EDIT, facts.programme_subject(programme))
    begin_write(session)
    session.scalar(sa.select(Programme.id).where(Programme.id == programme.id).with_for_update())
    _check(given)
    values = _values(given)
    same = [getattr(Course, name).is_not_distinct_from(values[name]) for name in ("title_zh", "title_en")]
    drafts = (Course.programme_id == programme.id, Course.state == COURSE.start)
    known = session.scalars(sa.select(Course.ref).where(*drafts, *same).limit(1)).first()
    if known is not None:
        return facts.by_ref(session, known)
    course = Course(programme_id=programme.id, author_id=actor.user_id, **values)
    session.add(course)
    session.flush()
    trail.record(session, actor, "course.drafted", course)
    return facts.by_ref(session, course.ref)


def edit(session: Session, actor: Actor, ref: str, given: CourseFacts) -> Course:
    """Change what is written; more seats let those in who wait. Raises `InvalidMany`.

    The zone stays once it is published; what one has to reach stays once the first session has begun. Fewer
    seats put nobody out.
    """
    course = facts.held(session, ref)
    require(actor, Action.COURSE_EDIT, facts.subject_of(course))
    if course.state == "cancelled":
        raise WrongState("course_cancelled")
    _check(given)
    now = clock.now(session)
    values = _values(given)
    fixed = [name for name in _fixed(course, now) if values[name] != getattr(course, name)]
    if fixed:
        raise InvalidMany([Invalid(name, "course_fixed") for name in fixed])
    changed = [name for name, value in values.items() if value != getattr(course, name)]
    if not changed:
        return course
    for name in changed:
        setattr(course, name, values[name])
    course.updated_at = now
    moved = course.state == "published" and {"place", "online"} & set(changed)
    course.revision += 1 if moved else 0
    session.flush()
    enrolling.fill(session, actor, course, now)
    if moved:
        trail.announce(session, course, "course.changed", now)
    trail.record(session, actor, "course.edited", course, at=now)
    return course


def publish(session: Session, actor: Actor, ref: str) -> Course:
    """Everyone may read it and enrol. Raises WrongState without a session that is still to come."""
    course = facts.held(session, ref)
    require(actor, Action.COURSE_EDIT, facts.subject_of(course))
    if course.state == "published":
        return course
    state = COURSE.step(course.state, "publish")
    now = clock.now(session)
    if not course.sessions or course.sessions[0].starts_at <= now:
        raise WrongState("course_without_session")
    course.state, course.updated_at = state, now
    session.flush()
    trail.record(session, actor, "course.published", course, at=now)
    return course


def cancel(session: Session, actor: Actor, ref: str, reason: str) -> Course:
    """Call it off before it begins; everybody in it and in line reads the reason."""
    course = facts.held(session, ref)
    require(actor, Action.COURSE_EDIT, facts.subject_of(course))
    if course.state == "cancelled":
        return course
    now = clock.now(session)
    if course.state == "published" and facts.begun(course, now):
        raise WrongState("course_begun")
    plain = reason.strip()
    if not plain:
        raise Invalid("reason", "required")
    if len(plain) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(plain))
    told = course.state == "published"
    course.state, course.reason, course.updated_at = COURSE.step(course.state, "cancel"), plain, now
    course.revision += 1
    session.flush()
    if told:
        trail.announce(session, course, "course.cancelled", now)
    trail.record(session, actor, "course.cancelled", course, at=now)
    return course


def _fixed(course: Course, now: dt.datetime) -> tuple[str, ...]:
    names: tuple[str, ...] = ("zone",) if course.state == "published" else ()
    if course.state == "published" and facts.begun(course, now):
        names += ("level", "hours", "share", "exam_least", "valid_months")
    return names


def _values(given: CourseFacts) -> dict[str, Any]:
    bilingual = ("title_zh", "title_en", "about_zh", "about_en")
    plain = ("fee", "place", "online")
    rest = ("level", "hours", "seats", "zone", "share", "exam_least", "valid_months")
    return {
        **{name: getattr(given, name).strip() or None for name in bilingual},
        **{name: getattr(given, name).strip() for name in plain},
        **{name: getattr(given, name) for name in rest},
    }


def _check(given: CourseFacts) -> None:
    faults = programmes.title_faults(given.title_zh, given.title_en)
    most = {"about_zh": ABOUT, "about_en": ABOUT, "fee": LINE, "place": LINE, "online": LINE}
    faults += programmes.length_faults(given, most)
    if given.level not in LEVELS:
        faults.append(Invalid("level", "not_a_choice"))
    if given.zone not in available_timezones():
        faults.append(Invalid("zone", "not_a_zone"))
    if given.online.strip() and not given.online.strip().startswith(("https://", "http://")):
        faults.append(Invalid("online", "not_a_web_address"))
    faults += _out_of_range(given)
    if faults:
        raise InvalidMany(faults)


def _out_of_range(given: CourseFacts) -> list[Invalid]:
    limits = (
        ("seats", given.seats, 1, MOST_SEATS),
        ("share", given.share, 0, 100),
        ("valid_months", given.valid_months or 1, 1, MOST_MONTHS),
    )
    faults = [
        Invalid(name, "out_of_range", minimum=low, maximum=high)
        for name, value, low, high in limits
        if not low <= value <= high
    ]
    figures = (("hours", given.hours, MOST_HOURS), ("exam_least", given.exam_least or Decimal(0), MOST_MARK))
    faults += [
        Invalid(name, "figure_out_of_range", minimum=0, maximum=high)
        for name, value, high in figures
        if not 0 <= value <= high or value != round(value, 2)
    ]
    return faults
