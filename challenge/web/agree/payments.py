"""The payments of an agreement: the plan with what was invoiced and paid, one payment, one that came up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.agreements import milestone_reads, paying
from challenge.agreements.milestone_reads import PaymentRow
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.agreement_lives import SIGNED
from challenge.rules.agreements import told
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action
from challenge.web import forms, words
from challenge.web.agree.carried_out import Shown, draw, enter
from challenge.web.agree.milestone_forms import EntryForm, PaidForm, RoyaltyForm
from challenge.web.agree.room import blueprint
from challenge.web.organize.forms import written_sum

ROUTES: dict[str, dict[str, Action]] = {
    "payments": {"GET": Action.AGREEMENT_READ},
    "add_payment": {"POST": Action.PAYMENT_RECORD},
    "payment": {"GET": Action.AGREEMENT_READ},
    "invoice": {"POST": Action.PAYMENT_RECORD},
    "pay": {"POST": Action.PAYMENT_RECORD},
}


@blueprint.get("/<ref>/payments")
def payments(ref: str) -> ResponseReturnValue:
    """The plan, and how it stands against it."""
    return _plan(enter(ref))


@blueprint.post("/<ref>/payments")
def add_payment(ref: str) -> ResponseReturnValue:
    """Write a royalty down that came up."""
    enter(ref, Action.PAYMENT_RECORD)
    form = RoyaltyForm()
    try:
        due = form.written()
        with writing() as session:
            paying.add(session, actor(), ref, due)
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return _plan(enter(ref, Action.PAYMENT_RECORD), form)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Written down. Both sides see it."))
    return redirect(url_for("agree.payments", ref=ref))


def _plan(shown: Shown, refused: RoyaltyForm | None = None) -> ResponseReturnValue:
    board = milestone_reads.Board((), milestone_reads.payments(db.session, shown.agreement))
    royalty = told(shown.agreement.terms).payment == "royalty"
    adds = royalty and shown.agreement.state in SIGNED and shown.may(Action.PAYMENT_RECORD)
    form = refused or RoyaltyForm(None, data={"currency": _unit(shown)})
    page = draw(
        "agree/milestone_payments.html",
        shown,
        here_tab="payments",
        board=board,
        royalty=told(shown.agreement.terms).royalty if royalty else "",
        form=form if adds else None,
        adds=royalty,
    )
    return page, 422 if refused is not None else 200


@blueprint.get("/<ref>/payments/<payment>")
def payment(ref: str, payment: str) -> ResponseReturnValue:
    """One payment: its parts, and what can be written down."""
    return _one(enter(ref), payment)


@blueprint.post("/<ref>/payments/<payment>/invoice")
def invoice(ref: str, payment: str) -> ResponseReturnValue:
    """Write an invoice down."""
    return _write(ref, payment, EntryForm(prefix="invoice-"), paying.invoice)


@blueprint.post("/<ref>/payments/<payment>/paid")
def pay(ref: str, payment: str) -> ResponseReturnValue:
    """Write down what was paid."""
    return _write(ref, payment, PaidForm(prefix="paid-"), paying.pay)


def _write(ref: str, payment: str, form: EntryForm, verb: Callable[..., Any]) -> ResponseReturnValue:
    enter(ref, Action.PAYMENT_RECORD)
    try:
        written = form.written()
        with writing() as session:
            verb(session, actor(), ref, payment, written)
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return _one(enter(ref, Action.PAYMENT_RECORD), payment, form)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Written down. Both sides see it."))
    return redirect(url_for("agree.payment", ref=ref, payment=payment))


def _one(shown: Shown, ref: str, refused: EntryForm | None = None) -> ResponseReturnValue:
    rows = milestone_reads.payments(db.session, shown.agreement)
    row = next((each for each in rows if each.payment.ref == ref), None)
    if row is None:
        raise NotFound
    open_ = shown.agreement.state in SIGNED and row.payment.state != "paid"
    page = draw(
        "agree/milestone_payment.html",
        shown,
        here_tab="payments",
        row=row,
        bills=not row.payment.amount_minor or row.invoiced < row.payment.amount_minor,
        writes=open_ and shown.may(Action.PAYMENT_RECORD),
        bill=_filled(shown, EntryForm, "invoice-", row, refused),
        paid=_filled(shown, PaidForm, "paid-", row, refused),
    )
    return page, 422 if refused is not None else 200


def _filled(
    shown: Shown, kind: type[EntryForm], prefix: str, row: PaymentRow, refused: EntryForm | None
) -> EntryForm:
    """What came back, or the day and what is left of the sum."""
    if type(refused) is kind:
        return refused
    left = row.left if kind is PaidForm else max(0, row.payment.amount_minor - row.invoiced)
    amount, unit = written_sum(left or None, shown.agreement.currency)
    known = {"on_day": shown.today.isoformat(), "amount": amount, "currency": unit}
    return kind(None, prefix=prefix, data=known)


def _unit(shown: Shown) -> str:
    return written_sum(1, shown.agreement.currency)[1]
