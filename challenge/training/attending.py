"""Who was there: marked by the organizer, or said by themselves with the code that the session shows."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import insert_into
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.training import read_code
from challenge.training import facts
from challenge.training.courses import MOST_MARK
from challenge.training.models import Attendance, CourseSession, Enrolment


def check_in(session: Session, actor: Actor, session_ref: str, code: str) -> bool:
    """I am here: counted while the session lasts by the database's clock. Twice is once (then False).

    Raises WrongState before and after it, Invalid `code`, NotAllowed without a place in the course.
    """
    course, found = facts.by_session(session, session_ref)  # nothing is locked: many come at once
    mine = facts.enrolment_of(session, course, actor.user_id)
    require(actor, Action.COURSE_CHECK_IN, facts.subject_of(course, mine))
    if mine is None or mine.state != "enrolled":
        raise WrongState("not_enrolled")
    now = clock.now(session)
    if now < found.starts_at:
        raise WrongState("session_not_begun", at=found.starts_at, zone=course.zone)
    if now >= found.ends_at:
        raise WrongState("session_over", at=found.ends_at, zone=course.zone)
    if not hmac.compare_digest(read_code(code).encode(), found.code.encode()):
        raise Invalid("code", "code_wrong")
    if not _put(session, [mine.id], found, "code", actor, now):
        return False
    chain.record(session, actor, "course.checked_in", f"enrolment:{mine.id}", at=now, session_id=found.id)
    return True


def mark(session: Session, actor: Actor, session_ref: str, present: Collection[str]) -> None:
    """Set who was in a session, once it has begun: `present` are refs of enrolments; all others were not."""
    course, found = facts.by_session(session, session_ref, hold=True)
    require(actor, Action.COURSE_RUN, facts.subject_of(course))
    now = clock.now(session)
    if found.starts_at > now:
        raise WrongState("session_not_begun", at=found.starts_at, zone=course.zone)
    rows = session.execute(
        sa.select(Enrolment.ref, Enrolment.id).where(
            Enrolment.course_id == course.id, Enrolment.state == "enrolled"
        )
    )
    people = dict(rows.all())
    here = {people[ref] for ref in present if ref in people}
    known = set(
        session.scalars(sa.select(Attendance.enrolment_id).where(Attendance.session_id == found.id))
    ) & set(people.values())
    if here == known:
        return
    gone = sa.and_(Attendance.session_id == found.id, Attendance.enrolment_id.in_(known - here))
    session.execute(sa.delete(Attendance).where(gone))
    _put(session, sorted(here - known), found, "organizer", actor, now)
    detail: dict[str, Any] = {"session_id": found.id, "came": len(here - known)}
    detail["taken_back"] = len(known - here)
    chain.record(session, actor, "course.attendance_marked", f"course:{course.id}", at=now, **detail)


def set_marks(session: Session, actor: Actor, ref: str, marks: Mapping[str, Decimal | None]) -> None:
    """Write the marks of the exam, by refs of enrolments; none takes one back. Raises InvalidMany."""
    course = facts.held(session, ref)
    require(actor, Action.COURSE_RUN, facts.subject_of(course))
    if course.exam_least is None:
        raise WrongState("course_without_exam")
    faults = [
        Invalid(f"mark-{each}", "figure_out_of_range", minimum=0, maximum=MOST_MARK)
        for each, value in marks.items()
        if value is not None and (not 0 <= value <= MOST_MARK or value != round(value, 2))
    ]
    if faults:
        raise InvalidMany(faults)
    inside = sa.select(Enrolment).where(Enrolment.course_id == course.id, Enrolment.state == "enrolled")
    changed = 0
    for each in session.scalars(inside.with_for_update()):
        if each.ref in marks and each.mark != marks[each.ref]:
            each.mark = marks[each.ref]
            changed += 1
    if not changed:
        return
    session.flush()
    chain.record(session, actor, "course.marked", f"course:{course.id}", count=changed)


def _put(
    session: Session,
    enrolments: Collection[int],
    found: CourseSession,
    source: str,
    actor: Actor,
    now: dt.datetime,
) -> int:
    """Write that these were there; how many had not been yet."""
    if not enrolments:
        return 0
    rows = [
        {
            "enrolment_id": each,
            "session_id": found.id,
            "source": source,
            "author_id": actor.user_id,
            "created_at": now,
        }
        for each in enrolments
    ]
    query = insert_into(session, Attendance).values(rows).on_conflict_do_nothing()
    return len(session.scalars(query.returning(Attendance.enrolment_id)).all())
