"""Both sides at once, and one side many times: each step is taken once, or refused in words."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.agreements import accepting, delivering, facts, laying, paying
from challenge.agreements.accepting import Verdict
from challenge.agreements.milestone_models import (
    AgreementPayment,
    Delivery,
    Handover,
    Milestone,
    MilestoneCriterion,
    PaymentEntry,
)
from challenge.rules.errors import WrongState
from challenge.rules.permissions import Action
from tests.agreements.milestone_stories import FAILED, PASSED, count, signed
from tests.requirements.test_together import at_once

YES, NO = Verdict({1: PASSED, 2: PASSED}), Verdict({1: FAILED, 2: PASSED}, "It misses too much.")


def trying(task: Callable[[Session], object]) -> Callable[[Session], str]:
    """What became of it: done, or why not."""

    def tried(session: Session) -> str:
        try:
            task(session)
        except WrongState as refusal:
            return refusal.code
        return "done"

    return tried


def test_one_delivery_sent_many_times_is_one(app: Flask, db: Session) -> None:
    deal = signed(db)
    ref, maker, handed = deal.ref, deal.as_maker, deal.handed("d" * 12)
    found = at_once(app, db, *[lambda s: delivering.deliver(s, maker, ref, 1, handed).number] * 4)
    assert found == [1] * 4
    assert count(db, Delivery) == 1


def test_two_deliveries_at_once_are_one_and_a_refusal(app: Flask, db: Session) -> None:
    deal = signed(db)
    ref, maker, handed = deal.ref, deal.as_maker, deal.handed()
    task = trying(lambda s: delivering.deliver(s, maker, ref, 1, handed))
    assert sorted(at_once(app, db, task, task)) == ["done", "milestone_delivered"]
    assert count(db, Delivery) == 1


def test_delivered_again_and_returned_at_once_stays_in_order(app: Flask, db: Session) -> None:
    deal = signed(db)
    ref, maker, buyer, handed = deal.ref, deal.as_maker, deal.as_buyer, deal.handed()
    delivering.deliver(db, maker, ref, 1, handed)
    again, returned = at_once(
        app,
        db,
        trying(lambda s: delivering.deliver(s, maker, ref, 1, handed)),
        trying(lambda s: accepting.give_back(s, buyer, ref, 1, 1, NO)),
    )
    assert returned == "done"
    states = db.scalars(sa.select(Delivery.state).order_by(Delivery.number)).all()
    assert (again, states) in [("done", ["returned", "delivered"]), ("milestone_delivered", ["returned"])]
    assert db.scalars(sa.select(Milestone.state)).one() == states[-1]


def test_accepted_and_returned_at_once_is_one_of_both(app: Flask, db: Session) -> None:
    deal = signed(db)
    ref, buyer = deal.ref, deal.as_buyer
    delivering.deliver(db, deal.as_maker, ref, 1, deal.handed())
    accept = trying(lambda s: accepting.accept(s, buyer, ref, 1, 1, YES))
    back = trying(lambda s: accepting.give_back(s, buyer, ref, 1, 1, NO))
    found = at_once(app, db, accept, back, accept, back)
    state = db.scalars(sa.select(Delivery.state)).one()
    refused = f"delivery_{state}"
    expected = ["done", refused] if state == "accepted" else [refused, "done"]
    assert found == expected * 2
    assert count(db, Handover) == (state == "accepted")


def test_a_payment_sent_many_times_is_one_entry_and_never_above_the_plan(app: Flask, db: Session) -> None:
    deal = signed(db)
    ref, buyer, payment = deal.ref, deal.as_buyer, deal.payments()[0].ref
    same, other = deal.written(ref="p" * 12), deal.written()
    tasks = [trying(lambda s, w=w: paying.pay(s, buyer, ref, payment, w)) for w in (same, same, same)]
    assert at_once(app, db, *tasks) == ["done"] * 3
    assert count(db, PaymentEntry) == 1
    late = trying(lambda s: paying.pay(s, buyer, ref, payment, other))
    assert at_once(app, db, late) == ["payment_paid"]


def test_what_was_signed_is_laid_out_once_by_two_at_once(app: Flask, db: Session) -> None:
    deal = signed(db)
    for model in (AgreementPayment, MilestoneCriterion, Milestone):
        db.execute(sa.delete(model))
    ref, signer, terms = deal.ref, deal.as_buyer, deal.terms

    def lay(session: Session) -> None:
        held = facts.enter(session, signer, ref, Action.AGREEMENT_READ)
        laying.lay_out(session, held.agreement, terms, held.now)

    at_once(app, db, lay, lay, lay)
    assert (count(db, Milestone), count(db, AgreementPayment)) == (1, 1)
