"""What was signed is laid out: a row for each milestone, criterion and payment of the terms."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements.milestone_models import AgreementPayment, Milestone, MilestoneCriterion
from challenge.agreements.models import Agreement
from challenge.rules.agreements import Payment, Step, Terms


def lay_out(session: Session, agreement: Agreement, terms: Terms, now: dt.datetime) -> None:
    """Write down what these terms name to do and to pay, as the last party signs; the caller holds its row.

    Done twice it is done once. A payment that is due when a milestone is accepted gets its day then; where
    the terms name a sum paid at once and no payment, that is the payment.
    """
    if _laid(session, agreement.id):
        return
    milestones = [
        _milestone(agreement, place, step, now) for place, step in enumerate(terms.milestones, start=1)
    ]
    session.add_all(milestones)
    session.flush()
    for milestone, step in zip(milestones, terms.milestones, strict=True):
        session.add_all(_criteria(milestone, step))
    for place, payment in enumerate(_payments(terms), start=1):
        session.add(_payment(agreement, place, payment, terms.currency, milestones, now))
    session.flush()


def _laid(session: Session, agreement_id: int) -> bool:
    there = [sa.exists().where(model.agreement_id == agreement_id) for model in (Milestone, AgreementPayment)]
    return bool(session.scalar(sa.select(sa.or_(*there))))


def _milestone(agreement: Agreement, place: int, step: Step, now: dt.datetime) -> Milestone:
    return Milestone(
        agreement_id=agreement.id,
        position=place,
        title=step.title,
        due_on=step.due_on,
        deliverables=step.deliverables,
        created_at=now,
    )


def _criteria(milestone: Milestone, step: Step) -> list[MilestoneCriterion]:
    return [
        MilestoneCriterion(
            milestone_id=milestone.id,
            position=place,
            name=each.name,
            unit=each.unit,
            comparison=each.comparison,
            target=each.target,
            level=each.level,
        )
        for place, each in enumerate(step.criteria, start=1)
    ]


def _payments(terms: Terms) -> tuple[Payment, ...]:
    if terms.payments or terms.payment != "once" or not terms.total_minor:
        return terms.payments
    return (Payment(label="", amount_minor=terms.total_minor),)


def _payment(
    agreement: Agreement,
    place: int,
    payment: Payment,
    currency: str,
    milestones: list[Milestone],
    now: dt.datetime,
) -> AgreementPayment:
    after = payment.step if payment.step and payment.step <= len(milestones) else None
    return AgreementPayment(
        agreement_id=agreement.id,
        position=place,
        label=payment.label,
        amount_minor=payment.amount_minor,
        currency=currency,
        due_on=payment.due_on,
        milestone_id=milestones[after - 1].id if after else None,
        created_at=now,
    )
