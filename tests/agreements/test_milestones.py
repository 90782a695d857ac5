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
    ClosingReport,
    Delivery,
    Handover,
    Milestone,
    MilestoneCriterion,
    PaymentEntry,
)
from challenge.agreements.paying import Due
from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.rules.agreements import Payment
from challenge.rules.errors import InvalidMany, NotAllowed, WrongState
from challenge.rules.permissions import ANONYMOUS
from tests.agreements.milestone_stories import FAILED, MET, PASSED, Deal, kept, signed
from tests.factories import MembershipFactory, UserFactory, actor_of
from tests.rigs.mail import Mailbox


@pytest.fixture
def deal(db: Session) -> Deal:
    return signed(db)


def count(db: Session, model: type) -> int:
    return db.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def faults(refused: pytest.ExceptionInfo[InvalidMany]) -> dict[str, str]:
    return {each.field: each.code for each in refused.value.faults}


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


def test_a_payment_is_invoiced_and_paid_in_parts(deal: Deal, mailbox: Mailbox) -> None:
    db, payment = deal.db, deal.payments()[0]
    bill = deal.written(6_000_000, number="INV-1", ref="b" * 12)
    for _ in range(2):
        paying.invoice(db, deal.as_maker, deal.ref, payment.ref, bill)
    assert (payment.state, count(db, PaymentEntry)) == ("invoiced", 1)
    paying.pay(db, deal.as_buyer, deal.ref, payment.ref, deal.written(4_000_000))
    assert payment.state == "invoiced"
    with pytest.raises(InvalidMany) as refused:
        paying.pay(db, deal.as_buyer, deal.ref, payment.ref, deal.written(6_000_001))
    assert faults(refused) == {"amount": "above_what_is_left"}
    paying.pay(db, deal.as_organizer, deal.ref, payment.ref, deal.written(6_000_000))
    assert payment.state == "paid"
    with pytest.raises(WrongState, match="payment_paid"):
        paying.invoice(db, deal.as_maker, deal.ref, payment.ref, deal.written(1, number="2"))
    sides = db.scalars(sa.select(PaymentEntry.side).order_by(PaymentEntry.id)).all()
    assert sides == ["solver", "seeker", "organizer"]
    assert [letter.subject for letter in mailbox.to(deal.buyer.email)] == [
        "Invoiced: Instalment 1",
        "Paid: Instalment 1",
    ]
    assert "000" not in str([each.detail for each in db.scalars(sa.select(AuditEntry))])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"currency": "USD"}, {"currency": "other_currency"}),
        ({"amount_minor": 0}, {"amount": "required"}),
        ({"on_day": None, "number": "x" * 201}, {"on_day": "required", "number": "too_long"}),
        ({"on_day": dt.date(2020, 1, 1)}, {"on_day": "payment_before_signing"}),
        ({"on_day": dt.date(2999, 1, 1)}, {"on_day": "day_to_come"}),
        ({"number": " "}, {"number": "required"}),
    ],
)
def test_what_is_wrong_with_an_invoice_is_told_at_its_field(
    deal: Deal, change: dict[str, Any], expected: dict[str, str]
) -> None:
    bill = replace(deal.written(number="INV-1"), **change)
    with pytest.raises(InvalidMany) as refused:
        paying.invoice(deal.db, deal.as_maker, deal.ref, deal.payments()[0].ref, bill)
    assert faults(refused) == expected


def test_royalties_are_added_as_they_come_and_nothing_else_is(db: Session) -> None:
    royal = signed(db, 0, payment="royalty", payments=(), kind="licence")
    year = Due("Royalty 2026", 2_500, "cny", ref="r" * 12)
    for _ in range(2):
        made = paying.add(db, royal.as_maker, royal.ref, year)
    assert [(each.label, each.planned) for each in royal.payments()] == [("Royalty 2026", False)]
    paying.pay(db, royal.as_buyer, royal.ref, made.ref, royal.written(2_500))
    other = signed(db)
    with pytest.raises(WrongState, match="payments_as_signed"):
        paying.add(db, other.as_maker, other.ref, replace(year, ref=""))


def test_all_accepted_it_is_completed_and_both_sides_tell_what_came_of_it(
    deal: Deal, mailbox: Mailbox
) -> None:
    db = deal.db
    for step in (
        lambda: closing_reports.complete(db, deal.as_buyer, deal.ref),
        lambda: closing_reports.write(db, deal.as_buyer, deal.ref, "Good."),
    ):
        with pytest.raises(WrongState, match="milestones_open"):
            step()
    deal.delivered_and_accepted()
    closing_reports.write(db, deal.as_maker, deal.ref, "They paid on time.", 5)
    with pytest.raises(WrongState, match="public_when_completed"):
        closing_reports.propose_public(db, deal.as_maker, deal.ref, "Story", "It works.")
    for _ in range(2):
        closing_reports.complete(db, deal.as_buyer, deal.ref)
    db.refresh(deal.need)
    assert (deal.agreement.state, deal.need.state) == ("completed", "delivered")
    assert "Completed: Flaw vision" in [letter.subject for letter in mailbox.to(deal.organizer.email)]
    done = db.scalars(
        sa.select(AuditEntry.action).where(AuditEntry.action.like("%ed")).order_by(AuditEntry.seq)
    )
    assert list(done)[-2:] == ["requirement.delivered", "agreement.completed"]


def test_an_intent_ends_without_its_need_being_delivered(db: Session) -> None:
    deal = signed(db, 0, kind="intent", payment="none", payments=(), total_minor=None)
    closing_reports.complete(db, deal.as_organizer, deal.ref)
    db.refresh(deal.need)
    assert (deal.agreement.state, deal.need.state) == ("completed", "agreed")


def test_a_text_is_public_while_both_sides_consent_to_exactly_it(deal: Deal) -> None:
    db = deal.db
    deal.delivered_and_accepted()
    closing_reports.complete(db, deal.as_buyer, deal.ref)

    def public() -> bool:
        return db.scalars(sa.select(ClosingReport.agreed_public_at)).one() is not None

    one = closing_reports.propose_public(db, deal.as_buyer, deal.ref, "Fewer flaws", "Half a per cent.")
    assert not public()
    closing_reports.consent(db, deal.as_maker, deal.ref, one.public_revision, yes=True)
    assert public()
    closing_reports.propose_public(db, deal.as_maker, deal.ref, "Fewer flaws", "A tenth of a per cent.")
    assert not public()
    with pytest.raises(WrongState, match="public_text_changed"):
        closing_reports.consent(db, deal.as_buyer, deal.ref, 1, yes=True)
    closing_reports.consent(db, deal.as_buyer, deal.ref, 2, yes=True)
    assert public()
    closing_reports.consent(db, deal.as_buyer, deal.ref, 2, yes=False)
    assert not public()
