"""Certificates: issued to all who have passed, revoked with a reason, left standing when the name goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.audit import chain, holders, statements
from challenge.audit.chain import Entry, instant_text
from challenge.audit.keys import keyring
from challenge.base import clock
from challenge.base.db import begin_write, insert_into
from challenge.base.ids import new_token
from challenge.rounds.models import Programme
from challenge.rules import training
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.rules.scales import plain
from challenge.tasks import queue
from challenge.training import facts, reads
from challenge.training.models import Certificate, CertificateHolder, CertificateYear, Course
from challenge.training.reads import Student

KIND = "challenge-certificate/1"
REASON = 500


def issue(session: Session, actor: Actor, ref: str) -> list[str]:
    """A certificate for each who has passed and has none that stands; their numbers.

    Once the last session is over. Asked again it is for those alone who passed since.
    """
    course = facts.held(session, ref)
    require(actor, Action.CERTIFICATE_ISSUE, facts.subject_of(course))
    now = clock.now(session)
    if course.state != "published" or not facts.over(course, now):
        raise WrongState("course_not_over")
    due = [each for each in reads.students(session, course) if each.passed and each.number is None]
    if not due:
        return []
    year = now.astimezone(ZoneInfo(course.zone)).year
    last = _numbers(session, year, len(due))
    numbers = [training.numbered(year, place) for place in range(last - len(due) + 1, last + 1)]
    found = _issue(session, actor, course, due, numbers, now)
    chain.record_many(
        session,
        [
            Entry(
                chain.PLATFORM,
                actor,
                "certificate.issued",
                f"certificate:{each.id}",
                {"course_id": course.id, "sha256": statements.digest(each.document["statement"])},
            )
            for each in found
        ],
        at=now,
    )
    return [each.number for each in found]


def revoke(session: Session, actor: Actor, number: str, reason: str) -> Certificate:
    """From now on its page says so, with the day and without the reason. Twice is once."""
    found = _held(session, number)
    require(actor, Action.CERTIFICATE_REVOKE, subject_of(found))
    if found.revoked_at is not None:
        return found
    plain_reason = reason.strip()
    if not plain_reason:
        raise Invalid("reason", "required")
    if len(plain_reason) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(plain_reason))
    now = clock.now(session)
    found.revoked_at, found.revoke_reason, found.revoked_by = now, plain_reason, actor.user_id
    session.flush()
    if found.holder is not None:
        ids = {"certificate_id": found.id, "user_id": found.holder.user_id}
        queue.announce(session, "certificate.revoked", f"certificate:{found.id}", at=now, **ids)
    chain.record(session, actor, "certificate.revoked", f"certificate:{found.id}", at=now)
    return found


def unname(session: Session, actor: Actor, number: str) -> None:
    """Take my name off, for good: the number is verified still, and nobody learns any more whose it is."""
    found = _held(session, number)
    require(actor, Action.CERTIFICATE_UNNAME, subject_of(found))
    session.execute(sa.delete(CertificateHolder).where(CertificateHolder.certificate_id == found.id))
    session.flush()
    chain.record(session, actor, "certificate.unnamed", f"certificate:{found.id}")


def by_number(session: Session, number: str) -> Certificate:
    """A certificate with its holder, course and programme (one statement); raises NotFound."""
    found = session.scalar(sa.select(Certificate).where(Certificate.number == number).options(*_WHOLE))
    if found is None:
        raise NotFound
    return found


def of_person(session: Session, user_id: int) -> list[Certificate]:
    """All that bear my name, the newest first (one statement)."""
    query = (
        sa.select(Certificate)
        .join(CertificateHolder, CertificateHolder.certificate_id == Certificate.id)
        .where(CertificateHolder.user_id == user_id)
        .options(*_WHOLE)
        .order_by(Certificate.id.desc())
    )
    return list(session.scalars(query))


def subject_of(found: Certificate) -> Subject:
    """Its facts: its holder owns it, the programme's organizers have issued it."""
    return Subject(
        kind="certificate",
        programme_id=found.course.programme_id,
        host_id=found.course.programme.host_id,
        owner_id=found.holder.user_id if found.holder is not None else None,
    )


_WHOLE = (
    joinedload(Certificate.holder),
    joinedload(Certificate.course, innerjoin=True)
    .joinedload(Course.programme, innerjoin=True)
    .joinedload(Programme.host, innerjoin=True),
)


def _held(session: Session, number: str) -> Certificate:
    begin_write(session)
    session.scalar(sa.select(Certificate.id).where(Certificate.number == number).with_for_update())
    return by_number(session, number)


def _numbers(session: Session, year: int, count: int) -> int:
    """Take so many numbers of a year; the last of them. Whoever comes at once waits here."""
    put = insert_into(session, CertificateYear).values(year=year, last=count)
    add = put.on_conflict_do_update(index_elements=["year"], set_={"last": CertificateYear.last + count})
    return session.scalars(add.returning(CertificateYear.last)).one()


def _issue(
    session: Session,
    actor: Actor,
    course: Course,
    due: Sequence[Student],
    numbers: Sequence[str],
    now: dt.datetime,
) -> list[Certificate]:
    """Certificates with their holders, each written in one statement for all; each holder is told."""
    until = training.holds_until(now, course.valid_months, ZoneInfo(course.zone))
    salts = [new_token() for _ in due]
    found = [
        Certificate(
            number=number,
            course_id=course.id,
            enrolment_id=student.id,
            level=course.level,
            issued_at=now,
            valid_until=until,
            author_id=actor.user_id,
            document=statements.sign(keyring(), _statement(course, student, number, now, until, salt)),
        )
        for student, number, salt in zip(due, numbers, salts, strict=True)
    ]
    session.add_all(found)
    session.flush()
    session.add_all(
        CertificateHolder(certificate_id=each.id, user_id=student.user_id, name=student.name, salt=salt)
        for each, student, salt in zip(found, due, salts, strict=True)
    )
    session.flush()
    for each, student in zip(found, due, strict=True):
        ids = {"certificate_id": each.id, "user_id": student.user_id}
        queue.announce(session, "certificate.issued", f"certificate:{each.id}", at=now, **ids)
    return found


def _statement(
    course: Course,
    student: Student,
    number: str,
    now: dt.datetime,
    until: dt.datetime | None,
    salt: str,
) -> dict[str, Any]:
    return {
        "kind": KIND,
        "number": number,
        "course": {"ref": course.ref, "title_zh": course.title_zh, "title_en": course.title_en},
        "level": course.level,
        "hours": plain(course.hours),
        "zone": course.zone,
        "issued_at": instant_text(now),
        "valid_until": instant_text(until) if until is not None else None,
        "holder_sha256": holders.digest(student.name, salt),
    }
