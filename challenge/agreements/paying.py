"""Payments written down: planned as signed, invoiced, paid, each in parts where they come so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from challenge.agreements import carrying_out, facts
from challenge.agreements.carrying_out import text_of
from challenge.agreements.facts import Held
from challenge.agreements.milestone_models import AgreementPayment, PaymentEntry
from challenge.agreements.models import Agreement
from challenge.rules import milestones as rules
from challenge.rules.agreement_lives import PAYMENT
from challenge.rules.agreements import told
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.milestones import LINE_MOST
from challenge.rules.money import MOST_MINOR, Sum
from challenge.rules.permissions import Action, Actor


@dataclass(frozen=True, slots=True)
class Written:
    """An invoice or a sum that was paid. `ref` makes the same page sent twice one entry."""

    on_day: dt.date | None
    amount_minor: int
    currency: str
    number: str = ""  # of the invoice, or the bank's reference
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A payment that nobody could plan, such as a royalty of a year. `ref` as above."""

    label: str
    amount_minor: int
    currency: str
    due_on: dt.date | None = None
    ref: str = ""


def add(session: Session, actor: Actor, ref: str, due: Due) -> AgreementPayment:
    """Write down a payment that has come up; only where royalties were agreed on, others stand as signed."""
    held = carrying_out.enter(session, actor, ref, Action.PAYMENT_RECORD)
    agreement = held.agreement
    known = _by_ref(session, agreement, due.ref) if due.ref else None
    if known is not None:
        return known
    carrying_out.check_signed(agreement)
    if told(agreement.terms).payment != "royalty":
        raise WrongState("payments_as_signed")
    label = text_of("label", due.label, LINE_MOST, needed=True)
    _check_amount(agreement, due.amount_minor, due.currency)
    if due.due_on is not None and due.due_on < _signing_day(held):
        raise Invalid("due_on", "payment_before_signing")
    place = _last_place(session, agreement) + 1
    if place > rules.PAYMENTS_MOST:
        raise WrongState("too_many_payments", most=rules.PAYMENTS_MOST)
    made = AgreementPayment(
        ref=carrying_out.fresh_ref(session, AgreementPayment, due.ref),
        agreement_id=agreement.id,
        position=place,
        label=label,
        amount_minor=due.amount_minor,
        currency=agreement.currency,
        due_on=due.due_on,
        planned=False,
        author_id=actor.user_id,
        created_at=held.now,
    )
    session.add(made)
    session.flush()
    _told(session, actor, held, made, "payment.added", made.ref)
    return made


def invoice(session: Session, actor: Actor, ref: str, payment: str, written: Written) -> PaymentEntry:
    """Write down an invoice for (a part of) this payment; its number is needed."""
    return _write(session, actor, ref, payment, written, "invoice")


def pay(session: Session, actor: Actor, ref: str, payment: str, written: Written) -> PaymentEntry:
    """Write down that (a part of) this payment was paid; all of it paid, the payment is."""
    return _write(session, actor, ref, payment, written, "payment")


def _write(
    session: Session, actor: Actor, ref: str, payment_ref: str, written: Written, kind: str
) -> PaymentEntry:
    held = carrying_out.enter(session, actor, ref, Action.PAYMENT_RECORD)
    payment = _by_ref(session, held.agreement, payment_ref)
    if payment is None:
        raise NotFound
    known = next((each for each in payment.entries if each.ref == written.ref), None)
    if known is not None:
        return known
    carrying_out.check_signed(held.agreement)
    if payment.state == "paid":
        raise WrongState("payment_paid")
    if len(payment.entries) >= rules.PARTS_MOST:
        raise WrongState("too_many_payments", most=rules.PARTS_MOST)
    number = _checked(held, payment, written, kind)
    made = PaymentEntry(
        ref=carrying_out.fresh_ref(session, PaymentEntry, written.ref),
        payment_id=payment.id,
        kind=kind,
        on_day=written.on_day,
        amount_minor=written.amount_minor,
        number=number,
        side=facts.side_of(held.agreement, actor) or "organizer",
        author_id=actor.user_id,
        created_at=held.now,
    )
    session.add(made)
    payment.entries.append(made)
    payment.state = _state_after(payment, kind)
    session.flush()
    event = "payment.invoiced" if kind == "invoice" else "payment.paid"
    _told(session, actor, held, payment, event, made.ref)
    return made


def _state_after(payment: AgreementPayment, kind: str) -> str:
    if kind == "invoice":
        return PAYMENT.step(payment.state, "invoice") if payment.state == "planned" else payment.state
    paid = (each.amount_minor for each in payment.entries if each.kind == "payment")
    return payment.state if rules.left(payment.amount_minor, paid) else PAYMENT.step(payment.state, "pay")


def _checked(held: Held, payment: AgreementPayment, written: Written, kind: str) -> str:
    """The number as it is kept; all faults told at once."""
    faults: list[Invalid] = []
    number = ""
    try:
        number = text_of("number", written.number, LINE_MOST, needed=kind == "invoice")
    except Invalid as fault:
        faults.append(fault)
    try:
        _check_day(held, written.on_day)
    except Invalid as fault:
        faults.append(fault)
    try:
        _check_amount(held.agreement, written.amount_minor, written.currency)
        known = (each.amount_minor for each in payment.entries if each.kind == kind)
        left = rules.left(payment.amount_minor, known)
        if payment.amount_minor and written.amount_minor > left:
            raise Invalid("amount", "above_what_is_left", left=Sum(left, payment.currency))
    except Invalid as fault:
        faults.append(fault)
    if faults:
        raise InvalidMany(faults)
    return number


def _check_day(held: Held, day: dt.date | None) -> None:
    if day is None:
        raise Invalid("on_day", "required")
    if day > carrying_out.day_of(held.agreement, held.now):
        raise Invalid("on_day", "day_to_come")
    if day < _signing_day(held):
        raise Invalid("on_day", "payment_before_signing")


def _signing_day(held: Held) -> dt.date:
    return carrying_out.day_of(held.agreement, held.agreement.signed_at or held.now)


def _check_amount(agreement: Agreement, minor: int, currency: str) -> None:
    if currency.strip().upper() != agreement.currency:
        raise Invalid("currency", "other_currency", currency=agreement.currency)
    if minor <= 0:
        raise Invalid("amount", "required")
    if minor > MOST_MINOR:
        raise Invalid("amount", "amount_too_large")


def _by_ref(session: Session, agreement: Agreement, ref: str) -> AgreementPayment | None:
    query = (
        sa.select(AgreementPayment)
        .where(AgreementPayment.agreement_id == agreement.id, AgreementPayment.ref == ref)
        .options(joinedload(AgreementPayment.milestone), selectinload(AgreementPayment.entries))
    )
    return session.scalar(query)


def _last_place(session: Session, agreement: Agreement) -> int:
    last = sa.select(sa.func.coalesce(sa.func.max(AgreementPayment.position), 0))
    return session.scalar(last.where(AgreementPayment.agreement_id == agreement.id)) or 0


def _told(
    session: Session, actor: Actor, held: Held, payment: AgreementPayment, event: str, mark: str
) -> None:
    carrying_out.told(
        session,
        actor,
        held.agreement,
        event,
        held.now,
        mark=mark,
        ids={"agreement_payment_id": payment.id},
        detail={"payment": payment.id},
    )
