"""Legal holds, and the two ways in which erasing is asked for."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.flow.errands import drain
from challenge.messages.models import Letter
from challenge.privacy import erasing, holding
from challenge.privacy.models import Erasure
from challenge.rules.errors import Invalid, NotAllowed, Refused
from tests.factories import (
    PASSWORD,
    UserFactory,
    actor_of,
)
from tests.privacy.stories import ADDRESS, DAY, asked
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox


def test_a_hold_beats_it_until_it_is_lifted(client: Visitor, db: Session) -> None:
    person, boss = UserFactory(), UserFactory(admin=True)
    today = clock.now(db).date()
    hold = holding.set_hold(db, actor_of(boss), person, "A court asked.", today)
    made = asked(db, person)
    assert not erasing.run(made.id)
    page = client.sign_in(boss).get(f"/admin/people/{person.ref}/privacy").text
    assert "A court asked." in page
    assert client.post(f"/admin/holds/{hold.ref}/lift", data={"reason": "Over."}).status_code == 302
    assert erasing.run(made.id)
    db.expire_all()
    assert [hold.lift_reason, made.state] == ["Over.", "done"]


def test_a_hold_ends_by_itself_after_its_last_day(db: Session) -> None:
    person, boss = UserFactory(), UserFactory(admin=True)
    today = clock.now(db).date()
    hold = holding.set_hold(db, actor_of(boss), person, "A court asked.", today)
    hold.until = today - DAY
    assert erasing.run(asked(db, person).id)


@pytest.mark.parametrize(
    ("reason", "days", "field"), [("", 1, "reason"), ("Why", -1, "until"), ("Why", 40 * 366, "until")]
)
def test_a_hold_has_a_reason_and_a_day(db: Session, reason: str, days: int, field: str) -> None:
    day = clock.now(db).date() + dt.timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        holding.set_hold(db, actor_of(UserFactory(admin=True)), UserFactory(), reason, day)
    assert refused.value.field == field


def test_it_is_asked_for_with_the_password_and_taken_back(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    person = UserFactory(email=ADDRESS)
    client.sign_in(person)
    assert client.post("/profile/erase", data={"password": "wrong"}).status_code == 422
    for _ in range(2):  # sent twice
        assert client.post("/profile/erase", data={"password": PASSWORD}).status_code == 302
    made = db.scalars(sa.select(Erasure)).one()
    assert made.due_at
    assert (made.due_at - made.created_at).days == 14
    assert "Take it back" in client.get("/profile/erase").text
    drain()
    assert [letter.template for letter in db.scalars(sa.select(Letter))] == ["erasure_asked"]
    assert client.post("/profile/erase/cancel").status_code == 302
    assert db.scalars(sa.select(Erasure.state)).one() == "cancelled"
    assert not erasing.run(made.id)
    assert person.email == ADDRESS


def test_the_office_needs_two_administrators_and_a_reason(client: Visitor, db: Session) -> None:
    person, first, second = UserFactory(), UserFactory(admin=True), UserFactory(admin=True)
    where = f"/admin/people/{person.ref}"
    client.sign_in(first)
    assert client.post(f"{where}/erase", data={"reason": " "}).status_code == 422
    assert client.post(f"{where}/erase", data={"reason": "By letter."}).status_code == 302
    made = db.scalars(sa.select(Erasure)).one()
    client.post(f"/admin/erasures/{made.ref}/approve")
    assert made.state == "prepared"
    with pytest.raises(Refused, match="second_key"):
        erasing.approve(db, actor_of(first), made.ref)
    client.sign_in(second).post(f"/admin/erasures/{made.ref}/approve")
    assert [work.payload for work in erasing.due(db)] == [{"erasure_id": made.id}]
    assert erasing.run(made.id)
    assert f"Person {person.id}" in client.get("/admin/privacy").text
    with pytest.raises(NotAllowed):
        erasing.prepare(db, actor_of(UserFactory()), second, "Why not.")
