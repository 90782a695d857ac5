"""A signed agreement is carried out: laid out, delivered, ruled on, paid, handed over, closed."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements import laying
from challenge.agreements.milestone_models import AgreementPayment, Milestone, MilestoneCriterion
from challenge.base import clock
from challenge.rules.agreements import Payment
from tests.agreements.milestone_stories import signed


def count(db: Session, model: type) -> int:
    return db.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_what_was_signed_is_laid_out_once(db: Session) -> None:
    deal = signed(
        db, 2, payments=(Payment("On signing", 500, dt.date(2027, 1, 2)), Payment("At the end", 700, step=2))
    )
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
