"""Everybody at once: no place is given twice, nobody moves up twice, no number is issued twice."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.training import attending, certificates, enrolling, reads, sessions
from challenge.training.models import Attendance, Enrolment
from tests.factories import UserFactory, actor_of
from tests.judging.test_at_once import together
from tests.rigs.mail import Mailbox
from tests.training.stories import school


def test_places_are_given_and_passed_on_once(app: Flask, db: Session, mailbox: Mailbox) -> None:
    made = school(db, seats=2)
    actors = [actor_of(UserFactory()) for _ in range(5)]
    db.commit()
    together(app, [lambda s, a=each: enrolling.enrol(s, a, made.ref, "Wang").state for each in actors])
    assert reads.counts(db, made.course) == (2, 3)
    inside = sa.select(Enrolment.user_id).where(Enrolment.state == "enrolled")
    leaving = [each for each in actors if each.user_id in set(db.scalars(inside))]
    db.commit()
    together(app, [lambda s, a=each: enrolling.leave(s, a, made.ref) for each in leaving * 2])
    assert reads.counts(db, made.course) == (2, 1)
    assert sum("A place is yours" in each.subject for each in mailbox.letters) == 2
    assert chain.verify(db)[1] == []


def test_a_code_typed_twice_at_once_counts_once(app: Flask, db: Session) -> None:
    made = school(db)
    actor, part = actor_of(made.joins("Wang")), made.running()
    ref, code = part.ref, part.code
    db.commit()
    came = together(app, [lambda s: attending.check_in(s, actor, ref, code) for _ in range(4)])
    assert sorted(came, key=str) == [False, False, False, True]
    assert db.scalar(sa.select(sa.func.count()).select_from(Attendance)) == 1


def test_a_session_taken_out_twice_at_once_is_gone_once(app: Flask, db: Session) -> None:
    made = school(db)
    by, ref = made.by, made.course.sessions[0].ref
    db.commit()
    came = together(app, [lambda s: sessions.drop(s, by, ref) for _ in range(3)])
    assert sorted(came, key=str) == [None, "not_found", "not_found"]
    assert [each.topic for each in made.course.sessions] == ["Part 2"]


def test_two_courses_issue_at_once_under_numbers_of_their_own(app: Flask, db: Session) -> None:
    schools = [school(db), school(db)]
    for made in schools:
        people = [made.joins("Wang"), made.joins("Li")]
        made.over()
        made.attend(*people)
    asked = [(made.by, made.ref) for made in schools] * 2
    db.commit()
    came = together(app, [lambda s, a=by, r=ref: certificates.issue(s, a, r) for by, ref in asked])
    numbers = [number for found in came for number in found]  # type: ignore[attr-defined]
    assert len(numbers) == len(set(numbers)) == 4
    assert {number[-4:] for number in numbers} == {"0001", "0002", "0003", "0004"}
