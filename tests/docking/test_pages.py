"""The rooms of docking: the same questions for few and many, an anonymous seeker, refused forms."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy.orm import Session

from challenge.base import clock, i18n
from challenge.docking import meeting
from challenge.docking.meeting import Candidate
from tests.distribution.stories import office
from tests.docking.test_docking import DAY, begun, meets, paired
from tests.factories import OrganizationFactory, UserFactory
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

ENGLISH = {"Accept-Language": "en"}


def test_the_pages_ask_the_same_for_one_and_three_meetings(
    db: Session, visitor: object, statements: Counting
) -> None:
    desk = office(db)
    ref = paired(desk)
    meets(desk, ref)
    organizer: Visitor = visitor(desk.organizer)  # type: ignore[operator]
    paths = [
        f"/organize/rounds/{desk.round.slug}/docking",
        f"/docking/needs/{desk.need.ref}",
        f"/docking/{ref}",
    ]

    def asked() -> list[int]:
        counts = []
        for path in paths:
            with statements() as made:
                assert organizer.get(path).status_code == 200
            counts.append(len(made))
        return counts

    asked()
    few = asked()
    meets(desk, ref, 3 * DAY)
    for _ in range(2):
        candidate = Candidate(organization_id=OrganizationFactory().id)
        meets(desk, meeting.pair_up(db, desk.as_organizer, desk.need.ref, candidate).ref)
    assert asked() == few
    for stranger in (UserFactory(), desk.broker):
        assert visitor(stranger).get(paths[2]).status_code == 403  # type: ignore[operator]


def test_an_anonymous_seeker_is_named_by_its_own_word_alone(
    db: Session, visitor: object, mailbox: Mailbox
) -> None:
    secret = OrganizationFactory(name="kestrel机构", name_en="Kestrel Ltd")
    desk = office(db, seeker_organization=secret, anonymous=True)
    desk.seeker.name, desk.seeker.email = "kestrel", "kestrel@example.org"
    person = UserFactory()
    ref = meeting.pair_up(db, desk.as_organizer, desk.need.ref, Candidate(user_id=person.id)).ref
    candidate: Visitor = visitor(person)  # type: ignore[operator]
    seeker: Visitor = visitor(desk.seeker)  # type: ignore[operator]
    start = (clock.now(db) + DAY).strftime("%Y-%m-%d")
    people = {"seeker_people": "kestrel <kestrel@example.org>, en", "candidate_people": f"{person.email}, en"}
    times = {"starts_at": f"{start} 10:00", "ends_at": f"{start} 11:00", "channel": "video"}
    assert seeker.post(f"/docking/{ref}/plan", data={**people, **times}).status_code == 302
    pages = [candidate.get(path).text for path in (f"/docking/{ref}", "/work")]
    letters = [f"{each.subject}{each.body}{each.html}{each.attachments}" for each in mailbox.to(person.email)]
    assert len(letters) == 1
    assert [text for text in (*pages, *letters) if "kestrel" in text.lower()] == []
    organizer: Visitor = visitor(desk.organizer)  # type: ignore[operator]
    assert organizer.post(f"/docking/{ref}/name").status_code == 403
    assert candidate.post(f"/docking/{ref}/name").status_code == 403
    assert seeker.post(f"/docking/{ref}/name").status_code == 302
    assert "Kestrel" in candidate.get(f"/docking/{ref}", headers=ENGLISH).text


def test_a_form_that_is_refused_comes_back_at_its_fields(db: Session, visitor: object) -> None:
    desk = office(db)
    ref = paired(desk)
    organizer: Visitor = visitor(desk.organizer)  # type: ignore[operator]
    wrong = {"starts_at": "tomorrow", "ends_at": "", "channel": "video", "candidate_people": "nobody"}
    page = organizer.post(f"/docking/{ref}/plan", data=wrong, headers=ENGLISH)
    assert page.status_code == 422
    for words in ("Write a date and time like", "Fill this in.", "Line 1 is no mail address: nobody"):
        assert words in page.text
    none = organizer.post(f"/docking/needs/{desk.need.ref}", data={}, headers=ENGLISH)
    assert (none.status_code, "Name one candidate." in none.text) == (422, True)


def test_what_came_of_each_meeting_is_written_at_its_own_place(db: Session, visitor: object) -> None:
    desk = office(db)
    ref = paired(desk)
    first, second = meets(desk, ref), meets(desk, ref, 3 * DAY)
    for docking in (first, second):
        begun(desk, docking)
    organizer: Visitor = visitor(desk.organizer)  # type: ignore[operator]
    page = organizer.get(f"/docking/{ref}").text
    ids = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    said = {"state": "held", "notes": "Samples come.", "candidate_verdict": "promising"}
    data = {f"{second.ref}-outcome-{name}": value for name, value in said.items()}
    assert organizer.post(f"/docking/{ref}/{second.ref}/settle", data=data).status_code == 302
    db.refresh(first)
    db.refresh(second)
    assert (first.state, second.state, second.candidate_verdict) == ("planned", "held", "promising")
    elsewhere = paired(office(db, number="R-2026-002"))
    assert organizer.post(f"/docking/{elsewhere}/{second.ref}/settle", data=data).status_code in (403, 404)


def test_a_meeting_says_its_day_once(db: Session) -> None:
    start = dt.datetime(2026, 11, 26, 2, 0, tzinfo=dt.UTC)
    with i18n.reading_as("en_US"):
        said = i18n.between(start, start + dt.timedelta(hours=1), "Asia/Shanghai")
        days = i18n.between(start, start + dt.timedelta(days=1), "Asia/Shanghai")
    assert said.endswith("Nov, 10:00–11:00 Beijing (UTC+8)")
    assert days.count("Nov") == 2
