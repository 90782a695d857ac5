"""Places in a course: taken in order, waited for, given back; who learns of it, and when it is too late."""

from __future__ import annotations

import datetime as dt

import pytest
from icalendar import Calendar
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.flow import training_letters
from challenge.rules.errors import Invalid, NotAllowed, WrongState
from challenge.tasks import queue
from challenge.training import courses, enrolling, reads, sessions
from challenge.training.sessions import Part
from tests.factories import UserFactory, actor_of
from tests.rigs.mail import Mailbox
from tests.training.stories import DAY, HOUR, School, school


def subjects(mailbox: Mailbox, address: str) -> list[str]:
    return [letter.subject for letter in mailbox.to(address)]


def test_a_full_course_has_a_line_that_moves_up_by_itself_once(db: Session, mailbox: Mailbox) -> None:
    made = school(db)
    first, second, third, fourth = [made.joins(name) for name in ("Wang", "Li", "Zhao", "Qian")]
    assert [made.place(each).state for each in (first, second, third, fourth)] == [
        *("enrolled", "enrolled", "waiting", "waiting")
    ]
    enrolling.enrol(db, actor_of(third), made.ref, "Zhao Min")  # asked again: the same place, the newer name
    for _ in range(2):
        enrolling.leave(db, actor_of(first), made.ref)
    assert made.place(third).state == "enrolled"
    assert made.place(third).name == "Zhao Min"
    assert made.place(fourth).state == "waiting"
    title = "Brokers' first course"
    assert subjects(mailbox, third.email) == [f"You wait for a place: {title}", f"A place is yours: {title}"]
    assert subjects(mailbox, fourth.email) == [f"You wait for a place: {title}"]
    # Whoever left and comes back stands at the end of the line.
    enrolling.enrol(db, actor_of(first), made.ref, "Wang")
    enrolling.leave(db, actor_of(second), made.ref)
    assert (made.place(fourth).state, made.place(first).state) == ("enrolled", "waiting")


def test_more_places_let_in_who_waits(db: Session) -> None:
    made = school(db, seats=1)
    people = [made.joins(f"Person {number}") for number in range(3)]
    course = made.course
    names = set(courses.CourseFacts.__slots__) - {"exam_least", "valid_months"}
    given = {name: getattr(course, name) or "" for name in names}
    courses.edit(db, made.by, made.ref, courses.CourseFacts(**(given | {"seats": 2})))
    assert [made.place(each).state for each in people] == ["enrolled", "enrolled", "waiting"]
    assert reads.counts(db, made.course) == (2, 1)


def test_where_it_is_reaches_those_who_have_a_place_alone(db: Session, mailbox: Mailbox) -> None:
    made = school(db, seats=1)
    inside, waiting = made.joins("Wang"), made.joins("Li")
    [letter] = mailbox.to(inside.email)
    assert "Room kestrel 4" in letter.body
    [enclosed] = letter.attachments
    events = Calendar.from_ical(enclosed["text"]).walk("VEVENT")
    assert [str(each["summary"]) for each in events] == [
        *("Brokers' first course (1/2)", "Brokers' first course (2/2)")
    ]
    assert events[0].decoded("dtstart") == made.course.sessions[0].starts_at
    assert "kestrel" in str(events[0]["location"])
    [letter] = mailbox.to(waiting.email)
    assert "kestrel" not in f"{letter.body}{letter.html}{letter.attachments}"


def test_once_it_has_begun_nobody_enrols_or_leaves(db: Session) -> None:
    made = school(db)
    person, waiting = made.joins("Wang"), UserFactory()
    made.running()
    for verb in (
        lambda: enrolling.enrol(db, actor_of(waiting), made.ref, "Li"),
        lambda: enrolling.leave(db, actor_of(person), made.ref),
        lambda: courses.cancel(db, made.by, made.ref, "No room."),
    ):
        with pytest.raises(WrongState) as refused:
            verb()
        assert refused.value.code == "course_begun"
    with pytest.raises(NotAllowed):
        enrolling.leave(db, actor_of(waiting), made.ref)


def test_a_draft_takes_nobody_and_a_name_is_needed(db: Session) -> None:
    made = school(db)
    with pytest.raises(Invalid) as refused:
        made.joins("  ")
    assert (refused.value.field, refused.value.code) == ("name", "required")
    draft = courses.create(db, made.by, made.programme, courses.CourseFacts(level="senior", title_en="Next"))
    again = courses.create(db, made.by, made.programme, courses.CourseFacts(level="senior", title_en="Next"))
    assert again.id == draft.id
    with pytest.raises(NotAllowed):
        enrolling.enrol(db, actor_of(UserFactory()), draft.ref, "Wang")
    with pytest.raises(WrongState) as early:
        courses.publish(db, made.by, draft.ref)
    assert early.value.code == "course_without_session"


def test_another_time_is_told_to_all_and_the_day_before_they_are_reminded_once(
    db: Session, mailbox: Mailbox
) -> None:
    made = school(db)
    person = made.joins("Wang")
    first = made.course.sessions[0]
    later = Part(first.starts_at + HOUR, first.ends_at + HOUR, first.topic)
    for _ in range(2):
        sessions.move(db, made.by, first.ref, later)
    assert [each for each in subjects(mailbox, person.email) if each.startswith("Changed")] == [
        "Changed: Brokers' first course"
    ]
    assert training_letters.due(db) == []
    made.back(made.course.sessions[0].starts_at - clock.now(db) - DAY + dt.timedelta(minutes=1))
    for _ in range(2):
        queue.put(db, *training_letters.due(db))
        assert subjects(mailbox, person.email)[2:] == ["Tomorrow: Brokers' first course"]
    assert "kestrel" in mailbox.to(person.email)[-1].body


def test_what_is_called_off_is_told_with_its_reason(db: Session, mailbox: Mailbox) -> None:
    made = school(db)
    person = made.joins("Wang")
    for _ in range(2):
        courses.cancel(db, made.by, made.ref, "The teacher is ill.")
    last = mailbox.to(person.email)[-1]
    assert (last.subject, len(mailbox.to(person.email))) == ("Called off: Brokers' first course", 2)
    assert "The teacher is ill." in last.body


def test_what_cannot_be_right_is_told_at_its_field(db: Session) -> None:
    made: School = school(db)
    wrong = courses.CourseFacts(level="grand", seats=0, share=101, zone="Mars/Base", online="javascript:x")
    with pytest.raises(courses.InvalidMany) as refused:
        courses.create(db, made.by, made.programme, wrong)
    assert {fault.field for fault in refused.value.faults} == {
        *("title_zh", "level", "seats", "share", "zone", "online")
    }
    now = clock.now(db)
    for part, field in (
        (Part(now + HOUR, now), "ends_at"),
        (Part(now + HOUR, now + DAY), "ends_at"),
        (Part(now - HOUR, now + HOUR), "starts_at"),
    ):
        with pytest.raises(Invalid) as fault:
            sessions.add(db, made.by, made.ref, part)
        assert fault.value.field == field
