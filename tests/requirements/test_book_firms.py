"""Workbooks that name their firms: who is here, who is registered with a need, and who gets a link."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Invitation, Organization
from challenge.requirements.models import Requirement
from challenge.work import drain
from tests.factories import OrganizationFactory, UserFactory
from tests.requirements.needs import Call, open_call
from tests.requirements.sheets import Filled
from tests.requirements.test_hints import CODE
from tests.requirements.test_need_books import bring, room
from tests.requirements.test_on_behalf import broker_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox


@pytest.fixture
def call(db: Session) -> Call:
    return open_call()


def seekers(db: Session) -> list[tuple[str, str | None, str, bool]]:
    """Of each need in its order: firm, code, state, whether it was written for the firm."""
    query = (
        sa.select(Organization.name, Organization.registration_code, Requirement.state)
        .add_columns(Requirement.on_behalf)
        .join(Requirement, Requirement.seeker_id == Organization.id)
        .order_by(Requirement.id)
    )
    return [tuple(row) for row in db.execute(query)]


def test_a_broker_brings_three_needs_of_two_firms_and_each_contact_gets_its_link(
    client: Visitor, db: Session, call: Call, mailbox: Mailbox, visitor: Any
) -> None:
    broker = broker_of(call)
    here = OrganizationFactory(name="兰州泵业")  # registered, and nobody speaks for it
    filled = Filled(named=True)
    filled.need(3, seeker="陇原铝业新厂", seeker_code=CODE, title_zh="甲", contact_email="ma@lv.example")
    filled.need(4, seeker="陇原铝业新厂", title_zh="乙", contact_email="ma@lv.example")
    filled.need(5, seeker=here.name, title_zh="丙", contact_email="li@beng.example")
    client.sign_in(broker)
    assert room(call) in client.get("/seek/behalf").text
    book = bring(client, db, room(call), filled.data(), hand_in="y")
    assert (book.faults, book.state, book.entered, book.offered) == ([], "done", 3, 3)
    aluminium = ("陇原铝业新厂", CODE, "draft", True)
    assert seekers(db) == [aluminium, aluminium, (here.name, here.registration_code, "draft", True)]
    assert "3 links sent to firms" in client.get(room(call)).text
    assert [len(mailbox.to(each)) for each in ("ma@lv.example", "li@beng.example")] == [2, 1]
    assert db.scalar(sa.select(Organization.region).where(Organization.registration_code == CODE)) == "620100"

    firm = visitor(UserFactory(email="ma@lv.example"))
    for number in range(2):
        body = mailbox.to("ma@lv.example")[number].body
        there = "/invitations/" + body.split("/invitations/")[1].split()[0]
        taken = firm.post(there)
        assert taken.status_code == 302
        assert firm.post(f"{taken.location.split('?')[0]}/confirm").status_code == 302
    confirmed = db.scalars(sa.select(Requirement.confirmed_at).order_by(Requirement.id)).all()
    assert [each is not None for each in confirmed] == [True, True, False]


def test_what_is_wrong_with_a_firm_stands_at_its_cell(client: Visitor, db: Session, call: Call) -> None:
    twins = [OrganizationFactory(name="同名公司"), OrganizationFactory(name="同名公司")]
    filled = Filled(named=True)
    filled.need(3, seeker=call.seeker.name, title_zh="甲")  # it speaks for itself
    filled.need(4, seeker="新厂", title_zh="乙", contact_email=None)
    filled.need(5, seeker="新厂", seeker_code=CODE[:-1], title_zh="丙")
    filled.need(6, seeker="同名公司", title_zh="丁")
    filled.need(7, seeker=None, title_zh="戊")
    filled.need(8, seeker="厂" * 121, title_zh="己")
    client.sign_in(broker_of(call))
    book = bring(client, db, room(call), filled.data())
    assert {(each["cell"], each["code"]) for each in book.faults} == {
        (filled.at("seeker", 3), "organization_speaks"),
        (filled.at("contact_email", 4), "firm_without_address"),
        (filled.at("seeker_code", 5), "credit_code_length"),
        (filled.at("seeker", 6), "seeker_several"),
        (filled.at("seeker", 7), "required"),
        (filled.at("seeker", 8), "too_long"),
    }
    assert (book.state, seekers(db)) == ("refused", [])
    assert db.scalar(sa.select(sa.func.count()).select_from(Organization)) == 2 + len(twins)
    assert db.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 0
    assert client.get(room(call, call.seeker.ref)).status_code == 403
    page = client.get(room(call)).text
    assert "Say at which mail address it gets the link" in page


def test_one_code_is_one_firm_whatever_it_is_called_and_one_title_is_one_need(
    client: Visitor, db: Session, call: Call
) -> None:
    here = OrganizationFactory(name="陇原铝业老厂", registration_code=CODE)
    filled = Filled(named=True)
    filled.need(3, seeker="陇原铝业新厂", seeker_code=CODE, title_zh="甲")
    filled.need(4, seeker="丁厂", title_zh="甲").need(5, seeker="丁厂", title_zh="甲")
    client.sign_in(call.organizer)
    book = bring(client, db, room(call), filled.data())
    assert [(each["cell"], each["code"]) for each in book.faults] == [
        (filled.at("title_zh", 5), "need_known")
    ]
    client.post(room(call, verb=f"{book.ref}/good"))
    db.commit()
    drain()
    assert [row[:2] for row in seekers(db)] == [(here.name, CODE), ("丁厂", None)]
    again = bring(client, db, room(call), filled.data())
    assert {each["code"] for each in again.faults} == {"need_known"}
