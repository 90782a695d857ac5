"""Payments are written down in parts; the agreement is completed, and both sides tell what came of it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements import closing_reports, paying
from challenge.agreements.milestone_models import ClosingReport, PaymentEntry
from challenge.agreements.paying import Due
from challenge.audit.models import AuditEntry
from challenge.rules.errors import InvalidMany, WrongState
from tests.agreements.milestone_stories import Deal, count, faults, signed
from tests.rigs.mail import Mailbox


@pytest.fixture
def deal(db: Session) -> Deal:
    return signed(db)


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
    details = str([each.detail for each in db.scalars(sa.select(AuditEntry))])
    assert "000" not in re.sub(r"\b[0-9a-f]{64}\b", "digest", details), (
        "no sum; a digest may have three zeros"
    )


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
    assert (deal.agreement.state, deal.need.state, deal.need.version) == ("completed", "delivered", 1)
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
