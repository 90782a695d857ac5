"""The rooms of training: a course from its draft to certificates, and what strangers see of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.training import register
from challenge.training.models import Course, CourseSession
from challenge.training.register import EntryFacts
from tests.factories import ProgrammeFactory, UserFactory, actor_of, organizer_of
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.training.stories import DAY, School, school

ENGLISH = {"Accept-Language": "en"}
COURSE = {
    "title_en": "Contracts for brokers",
    "level": "intermediate",
    "hours": "7.5",
    "seats": "1",
    "share": "100",
    "exam_least": "60",
    "zone": "Europe/Berlin",
    "place": "Room kestrel",
}


def test_a_course_from_its_draft_to_its_certificate(db: Session, visitor: Callable[..., Visitor]) -> None:
    programme = ProgrammeFactory()
    organizer, student = visitor(organizer_of(programme)), UserFactory(name="Wang Fang")
    room, mine = f"/organize/programmes/{programme.slug}/courses", visitor(student)
    faults = organizer.post(f"{room}/new", data={**COURSE, "hours": "many"}, headers=ENGLISH)
    assert (faults.status_code, "Write a number." in faults.text) == (422, True)
    assert organizer.post(f"{room}/new", data=COURSE).status_code == 302
    course = db.scalars(sa.select(Course)).one()
    desk, public = f"/organize/courses/{course.ref}", f"/training/{course.ref}"
    assert mine.get(public).status_code == 403  # a draft is for organizers
    early = organizer.post(f"{desk}/publish", follow_redirects=True, headers=ENGLISH).text
    assert "Add a session that is still to come" in early
    day = (clock.now(db) + 3 * DAY).strftime("%Y-%m-%d")
    times = {"starts_at": f"{day} 09:00", "ends_at": f"{day} 12:00", "topic": "Licences"}
    wrong = organizer.post(f"{desk}/sessions", data={**times, "ends_at": "noon"}, headers=ENGLISH)
    assert (wrong.status_code, "Write a date and time like" in wrong.text) == (422, True)
    assert organizer.post(f"{desk}/sessions", data=times).status_code == 302
    assert organizer.post(f"{desk}/publish").status_code == 302
    assert "kestrel" not in mine.get(public).text
    assert mine.post(f"{public}/enrol", data={"name": "Wang Fang"}).status_code == 302
    assert "kestrel" in mine.get(public).text
    assert "kestrel" in mine.get(f"{public}/sessions.ics").text
    assert "kestrel" not in visitor().get(f"{public}/sessions.ics").text

    made = School(db, programme, organizer_of(programme), course.ref)
    part = made.running()
    refused = mine.post(
        f"{public}/sessions/{part.ref}/check-in", data={f"{part.ref}-code": "X"}, headers=ENGLISH
    )
    assert (refused.status_code, "not the code" in refused.text) == (422, True)
    shown = organizer.get(f"{desk}/sessions/{part.ref}/code").text
    code = re.search(r'<p class="big num">(\w+)</p>', shown)
    assert code is not None
    sent = mine.post(f"{public}/sessions/{part.ref}/check-in", data={f"{part.ref}-code": code[1]})
    assert sent.status_code == 302
    assert "You were there" in mine.get(public, headers=ENGLISH).text
    made.over()
    assert "Change the name" in mine.get(public, headers=ENGLISH).text  # until the certificate says it
    assert mine.post(f"{public}/enrol", data={"name": "Wang Fangfang"}).status_code == 302
    place = made.place(student)
    bad = organizer.post(f"{desk}/marks", data={f"mark-{place.ref}": "good"}, headers=ENGLISH)
    assert (bad.status_code, "Write a number." in bad.text, 'value="good"' in bad.text) == (422, True, True)
    assert organizer.post(f"{desk}/marks", data={f"mark-{place.ref}": "60"}).status_code == 302
    assert organizer.post(f"{desk}/certificates").status_code == 302
    number = f"C-{clock.now(db).year}-0001"
    assert number in organizer.get(f"{desk}/people").text
    assert number in mine.get("/training/mine").text
    assert "Wang Fangfang" in visitor().get(f"/certificates/{number}").text
    nothing = organizer.post(
        f"/organize/certificates/{number}/revoke", data={"reason": ""}, follow_redirects=True, headers=ENGLISH
    )
    assert "Fill this in." in nothing.text
    organizer.post(f"/organize/certificates/{number}/revoke", data={"reason": "kestrel flew"})
    page = visitor().get(f"/certificates/{number}", headers=ENGLISH).text
    assert "Revoked." in page
    assert "kestrel" not in page


def test_attendance_is_ticked_by_the_organizer(db: Session, visitor: Callable[..., Visitor]) -> None:
    made = school(db)
    first, second = made.joins("Wang Fang"), made.joins("Li Na")
    part = made.running()
    organizer = visitor(made.organizer)
    room = f"/organize/courses/{made.ref}/sessions/{part.ref}/attendance"
    refs = [made.place(each).ref for each in (first, second)]
    organizer.post(room, data={"present": refs})
    organizer.post(room, data={"present": refs[:1]})
    page = organizer.get(room).text
    assert len(re.findall(r"checked>", page)) == 1
    later = made.course.sessions[1]
    early = organizer.post(room.replace(part.ref, later.ref), follow_redirects=True, headers=ENGLISH)
    assert "This session begins at" in early.text
    for path in (room, f"/organize/courses/{made.ref}/people", f"/organize/courses/{made.ref}"):
        assert visitor(first).get(path).status_code == 403
    elsewhere = school(db).course.sessions[0]
    assert organizer.get(room.replace(part.ref, elsewhere.ref)).status_code == 404


def test_a_session_is_moved_and_taken_out_in_its_own_fields(
    db: Session, visitor: Callable[..., Visitor]
) -> None:
    made = school(db)
    organizer = visitor(made.organizer)
    first, second = (each.ref for each in made.course.sessions)
    room = f"/organize/courses/{made.ref}/sessions"
    page = organizer.get(room).text
    ids = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    day = (clock.now(db) + 9 * DAY).strftime("%Y-%m-%d")
    wrong = {f"{first}-starts_at": f"{day} 09:00", f"{first}-ends_at": f"{day} 08:00"}
    assert organizer.post(f"{room}/{first}", data=wrong).status_code == 422
    right = {**wrong, f"{first}-ends_at": f"{day} 10:00"}
    assert organizer.post(f"{room}/{first}", data=right).status_code == 302
    assert [each.ref for each in made.course.sessions] == [second, first]
    for _ in range(2):
        assert organizer.post(f"{room}/{first}/drop").status_code == 302
    kept = organizer.post(f"{room}/{second}/drop", follow_redirects=True, headers=ENGLISH).text
    assert "A published course keeps one session." in kept
    assert db.scalars(sa.select(CourseSession.ref)).all() == [second]


def test_the_pages_ask_the_same_for_one_and_three(
    db: Session, visitor: Callable[..., Visitor], statements: Counting
) -> None:
    made = school(db, seats=9)
    student = made.joins("Wang Fang")
    number = made.passed(student)[0]
    register.join(db, actor_of(student), EntryFacts("Wang Fang", region="620000"))
    coming = school(db, programme=made.programme, seats=1)
    for _ in range(2):
        coming.joins("Li Na", student if not coming.people else None)
    organizer, mine, anyone = visitor(made.organizer), visitor(student), visitor()
    paths = [
        (organizer, f"/organize/programmes/{made.programme.slug}/courses"),
        (organizer, f"/organize/courses/{made.ref}/people"),
        (organizer, f"/organize/courses/{made.ref}/sessions"),
        (organizer, f"/organize/courses/{made.ref}/sessions/{made.course.sessions[0].ref}/attendance"),
        (mine, f"/training/{coming.ref}"),
        (mine, "/training/mine"),
        (mine, "/brokers/mine"),
        (anyone, "/training"),
        (anyone, f"/training/{made.ref}"),
        (anyone, f"/certificates/{number}"),
        (anyone, "/brokers"),
        (anyone, "/brokers?as=csv"),
    ]

    def asked() -> dict[str, int]:
        counts = {}
        for who, path in paths:
            with statements() as sent:
                assert who.get(path).status_code == 200, path
            counts[path] = len(sent)
        return counts

    asked()
    few = asked()
    for _ in range(2):
        other = school(db, programme=made.programme, parts=3, seats=9)
        other.joins("Wang Fang", student)
        others = [other.joins(f"Person {number}") for number in range(2)]
        other.passed(student, *others)
        for each in others:
            register.join(db, actor_of(each), EntryFacts("Somebody", fields=("energy",)))
        coming.joins("One more")
    assert asked() == few
