"""A signed agreement is carried out: laid out, delivered, ruled on, paid, handed over, closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements import accepting, closing_reports, delivering, handing_over, laying, paying
from challenge.agreements.accepting import Finding, Verdict
from challenge.agreements.delivering import Measured
from challenge.agreements.milestone_models import (
    AgreementPayment,
    Delivery,
    Handover,
    Milestone,
    MilestoneCriterion,
)
from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.rules.agreements import Payment
from challenge.rules.errors import InvalidMany, NotAllowed, WrongState
from challenge.rules.permissions import ANONYMOUS
from tests.agreements import signers
from tests.agreements.milestone_stories import FAILED, MET, PASSED, Deal, count, faults, kept, signed
from tests.factories import MembershipFactory, UserFactory, actor_of
from tests.rigs.mail import Mailbox


@pytest.fixture
def deal(db: Session) -> Deal:
    return signed(db)


def test_what_was_signed_is_laid_out_once(db: Session) -> None:
    two = (Payment("On signing", 500, dt.date(2027, 1, 2)), Payment("At the end", 700, step=2))
    deal = signed(db, 2, payments=two)
    laying.lay_out(db, deal.agreement, deal.terms, clock.now(db))
    assert [(each.position, each.title, each.state) for each in deal.milestones()] == [
        (1, "Batch 1", "planned"),
        (2, "Batch 2", "planned"),
    ]
    assert [(each.label, each.due_on, each.milestone_id) for each in deal.payments()] == [
        ("On signing", dt.date(2027, 1, 2), None),
        ("At the end", None, deal.milestones()[1].id),
    ]
    assert (count(db, Milestone), count(db, MilestoneCriterion), count(db, AgreementPayment)) == (2, 4, 2)


def test_the_last_signature_lays_it_out(db: Session) -> None:
    made = signers.signed(db)
    key = Milestone.agreement_id == made.agreement.id
    titles = db.scalars(sa.select(Milestone.title).where(key).order_by(Milestone.position)).all()
    assert titles == ["First line", "All lines"]
    assert count(db, AgreementPayment) == 2


def test_a_sum_paid_at_once_is_one_payment_though_no_row_names_it(db: Session) -> None:
    deal = signed(db, 0, payment="once", payments=(), total_minor=900)
    assert [(each.amount_minor, each.currency, each.state) for each in deal.payments()] == [
        (900, "CNY", "planned")
    ]


def test_from_a_delivery_given_back_to_the_handover_record(deal: Deal, mailbox: Mailbox) -> None:
    db, first = deal.db, deal.handed("d" * 12, note="All ten cameras.")
    for _ in range(2):
        assert delivering.deliver(db, deal.as_maker, deal.ref, 1, first).number == 1
    with pytest.raises(WrongState, match="milestone_delivered"):
        delivering.deliver(db, deal.as_maker, deal.ref, 1, deal.handed())
    no = Verdict({1: FAILED, 2: PASSED}, "Two cameras miss more than 2 %.")
    for _ in range(2):
        assert accepting.give_back(db, deal.as_buyer, deal.ref, 1, 1, no).state == "returned"
    with pytest.raises(WrongState, match="delivery_returned"):
        accepting.accept(db, deal.as_buyer, deal.ref, 1, 1, no)
    assert delivering.deliver(db, deal.as_maker, deal.ref, 1, deal.handed()).number == 2
    yes = Verdict({1: PASSED, 2: PASSED})
    records = [accepting.accept(db, deal.as_buyer, deal.ref, 1, 2, yes) for _ in range(2)]
    assert records[0] is records[1]
    assert (records[0].number, count(db, Handover), count(db, Delivery)) == (1, 1, 2)
    said = records[0].document
    assert [each["sha256"] for each in said["files"]] == [kept().sha256]
    assert said["delivery"]["quantity"] == "10 cameras"
    assert handing_over.digest(said) == records[0].digest
    milestone = deal.milestones()[0]
    assert (milestone.state, milestone.deliveries) == ("accepted", 2)
    assert deal.payments()[0].due_on is not None
    with pytest.raises(WrongState, match="milestone_accepted"):
        delivering.deliver(db, deal.as_maker, deal.ref, 1, deal.handed())
    signatures = db.execute(
        sa.select(Delivery.delivered_by, Delivery.ruled_by, Delivery.state).order_by(Delivery.number)
    ).all()
    assert [tuple(each) for each in signatures] == [
        (deal.maker.id, deal.buyer.id, "returned"),
        (deal.maker.id, deal.buyer.id, "accepted"),
    ]
    entries = db.scalars(sa.select(AuditEntry).where(AuditEntry.subject == f"milestone:{milestone.id}")).all()
    assert [each.action.rpartition(".")[2] for each in entries] == [
        *("delivered", "returned", "delivered", "accepted")
    ]
    assert {each.detail["requirement"] for each in entries} == {deal.need.id}
    assert not any(word in str([each.detail for each in entries]) for word in ("camera", "miss"))
    assert [letter.subject for letter in mailbox.to(deal.buyer.email)] == ["Delivered: Batch 1"] * 2
    assert [letter.subject for letter in mailbox.to(deal.maker.email)] == [
        "Returned: Batch 1",
        "Accepted: Batch 1",
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"files": (), "quantity": ""}, {"files": "nothing_delivered"}),
        ({"files": tuple(kept(str(n)) for n in range(21))}, {"files": "too_many_files"}),
        ({"results": {1: MET}}, {"answer-2": "choose_one"}),
        ({"results": {1: MET, 2: Measured("perhaps")}}, {"answer-2": "choose_one"}),
        ({"results": {1: Measured("met", "9" * 201), 2: MET}}, {"value-1": "too_long"}),
        ({"note": "x" * 4001, "place": "y" * 201}, {"note": "too_long", "place": "too_long"}),
    ],
)
def test_what_a_delivery_lacks_is_told_at_its_field(
    deal: Deal, change: dict[str, Any], expected: dict[str, str]
) -> None:
    with pytest.raises(InvalidMany) as refused:
        delivering.deliver(deal.db, deal.as_maker, deal.ref, 1, replace(deal.handed(), **change))
    assert faults(refused) == expected
    assert count(deal.db, Delivery) == 0


def test_what_is_unmet_is_accepted_with_a_reason_alone(deal: Deal) -> None:
    delivering.deliver(deal.db, deal.as_maker, deal.ref, 1, deal.handed())
    unmet = Verdict({1: FAILED, 2: FAILED})
    with pytest.raises(InvalidMany) as refused:
        accepting.accept(deal.db, deal.as_buyer, deal.ref, 1, 1, unmet)
    assert faults(refused) == {"reason": "unmet_needs_reason"}
    with pytest.raises(InvalidMany) as refused:
        accepting.give_back(deal.db, deal.as_buyer, deal.ref, 1, 1, Verdict({1: Finding("so so")}))
    assert faults(refused) == {"ruling-1": "choose_one", "ruling-2": "choose_one", "reason": "required"}
    reason = "The rest comes with batch 2."
    made = accepting.accept(deal.db, deal.as_buyer, deal.ref, 1, 1, replace(unmet, reason=reason))
    assert made.document["delivery"]["reason"] == reason


def test_what_only_should_be_met_needs_no_reason(deal: Deal) -> None:
    delivering.deliver(deal.db, deal.as_maker, deal.ref, 1, deal.handed())
    made = accepting.accept(deal.db, deal.as_buyer, deal.ref, 1, 1, Verdict({1: PASSED, 2: FAILED}))
    assert [each["ruling"] for each in made.document["criteria"]] == ["passed", "failed"]


def test_who_may_do_what(deal: Deal) -> None:
    db = deal.db
    strangers = (actor_of(UserFactory()), actor_of(UserFactory(admin=True)), ANONYMOUS, actor_of(deal.broker))
    for actor in (*strangers, deal.as_buyer, deal.as_organizer):
        with pytest.raises(NotAllowed):
            delivering.deliver(db, actor, deal.ref, 1, deal.handed())
    delivering.deliver(db, deal.as_maker, deal.ref, 1, deal.handed())
    MembershipFactory(user_id=deal.maker.id, organization_id=deal.firm.id, representative=True)
    for actor in (*strangers, actor_of(deal.maker), deal.as_organizer):  # nobody takes what is their own
        with pytest.raises(NotAllowed):
            accepting.accept(db, actor, deal.ref, 1, 1, Verdict({1: PASSED, 2: PASSED}))
    payment = deal.payments()[0].ref
    for actor in strangers:
        with pytest.raises(NotAllowed):
            paying.pay(db, actor, deal.ref, payment, deal.written())
        with pytest.raises(NotAllowed):
            closing_reports.complete(db, actor, deal.ref)
    with pytest.raises(NotAllowed):
        closing_reports.write(db, deal.as_organizer, deal.ref, "Well done.")


@pytest.mark.parametrize(
    ("state", "code"),
    [
        *(("draft", "agreement_not_signed"), ("in_signature", "agreement_not_signed")),
        *(("terminated", "agreement_over"), ("completed", "agreement_over")),
    ],
)
def test_nothing_is_delivered_before_the_signing_and_after_the_end(
    db: Session, state: str, code: str
) -> None:
    deal = signed(db, state=state)
    with pytest.raises(WrongState, match=code):
        delivering.deliver(db, deal.as_maker, deal.ref, 1, deal.handed())
    if state != "completed":
        with pytest.raises(WrongState, match=code):
            paying.pay(db, deal.as_buyer, deal.ref, deal.payments()[0].ref, deal.written())
