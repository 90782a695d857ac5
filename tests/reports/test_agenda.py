"""Calendars: a round's dates for everyone, a person's own behind a secret address."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from challenge.accounts.calendar_models import CalendarLink
from challenge.base import clock
from challenge.rounds.models import RoundWindow
from challenge.rules.stages import Stage
from tests.factories import RoundFactory, SubmissionFactory, UserFactory
from tests.requirements.needs import open_call
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting


def events(data: bytes) -> dict[str, Event]:
    calendar = Calendar.from_ical(data)
    return {str(each["uid"]).partition("@")[0]: each for each in calendar.walk("VEVENT")}


def subscribe(visitor: Visitor) -> str:
    """Make an address as a person does; its path."""
    visitor.post("/profile/calendar")
    page = visitor.get("/profile/calendar").text
    return page.partition('id="address">http://localhost')[2].partition("<")[0]


def test_the_dates_of_a_round_are_everybody_s(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    there = {each.stage: each for each in db.scalars(sa.select(RoundWindow).filter_by(round_id=round_.id))}
    answer = client.get(f"/rounds/{round_.slug}/dates.ics?lang=en")
    assert answer.mimetype == "text/calendar"
    closes = events(answer.data)[f"round-{round_.id}-submission-closes"]
    assert closes.decoded("dtstart") == there["submission"].closes_at.replace(microsecond=0)
    assert str(closes["summary"]) == f"Submission closes: {round_.title_en}"
    assert "方案" in client.get(f"/rounds/{round_.slug}/dates.ics?lang=zh").text
    etag = answer.headers["ETag"]
    again = client.get(f"/rounds/{round_.slug}/dates.ics?lang=en", headers={"If-None-Match": etag})
    assert again.status_code == 304


def test_an_extension_moves_the_same_entry(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    name, path = f"round-{round_.id}-submission-closes", f"/rounds/{round_.slug}/dates.ics"
    before = events(client.get(path).data)[name]
    window = db.scalars(sa.select(RoundWindow).filter_by(round_id=round_.id, stage="submission")).one()
    window.first_closes_at = window.closes_at
    window.closes_at += dt.timedelta(hours=5)
    round_.version += 1
    after = events(client.get(path).data)[name]
    assert int(after["sequence"]) > int(before["sequence"])
    assert after.decoded("dtstart") - before.decoded("dtstart") == dt.timedelta(hours=5)
    assert "extended" in str(after["description"])


def test_a_draft_round_has_no_public_dates(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.DRAFT)
    assert client.get(f"/rounds/{round_.slug}/dates.ics").status_code == 302


def test_a_person_s_address_opens_their_dates_and_nothing_else(
    client: Visitor, visitor: Any, db: Session
) -> None:
    solver = UserFactory(locale="en_US")
    mine = SubmissionFactory(owner=solver)
    other = RoundFactory(stage=Stage.SUBMISSION)
    path = subscribe(client.sign_in(solver))
    answer = visitor().get(path)
    assert answer.status_code == 200
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "private" in answer.headers["Cache-Control"]
    found = events(answer.data)
    assert f"round-{mine.requirement.round_id}-submission-closes" in found
    assert not [name for name in found if name.startswith(f"round-{other.id}-")]
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert token not in str(db.execute(sa.select(CalendarLink.__table__)).all())
    for use in ("/profile", "/work"):  # it is no sign-in
        headers = {"Authorization": f"Bearer {token}"}
        assert visitor().get(f"{use}?token={token}", headers=headers).status_code == 302


def test_a_new_address_ends_the_old_one_and_an_ended_one_opens_nothing(
    client: Visitor, visitor: Any, db: Session
) -> None:
    person = UserFactory()
    client.sign_in(person)
    first, second = subscribe(client), subscribe(client)
    assert [visitor().get(path).status_code for path in (first, second)] == [404, 200]
    client.post("/profile/calendar/end")
    assert visitor().get(second).status_code == 404
    third = subscribe(client)
    person.active = False
    assert visitor().get(third).status_code == 404
    assert visitor().get("/calendar/guessed.ics").status_code == 404


def test_the_address_is_shown_once(client: Visitor, db: Session) -> None:
    client.sign_in(UserFactory())
    assert subscribe(client)
    assert 'id="address"' not in client.get("/profile/calendar").text


def test_everyone_with_a_part_in_a_round_has_its_dates(client: Visitor, visitor: Any, db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    call.requirement(state="published")
    for person in (call.organizer, call.representative):
        path = subscribe(visitor(person))
        assert f"round-{call.round.id}-submission-closes" in events(visitor().get(path).data)


@pytest.mark.parametrize("count", [1, 3])
def test_a_calendar_costs_the_same_with_one_and_with_three(
    client: Visitor, visitor: Any, db: Session, statements: Counting, count: int
) -> None:
    solver = UserFactory()
    for _ in range(count):
        SubmissionFactory(owner=solver)
    path = subscribe(client.sign_in(solver))
    with statements() as counted:
        visitor().get(path)
    assert len(counted) <= 7, counted
    assert clock.now(db)
