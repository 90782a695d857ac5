"""A contract at the registry of technology contracts: what is asked, what is missing, and how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.agreements import queries, registering, signatures
from challenge.agreements.models import Agreement
from challenge.agreements.queries import Read
from challenge.agreements.signing_models import AgreementRecord
from challenge.base import amounts
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules import registry as rules
from challenge.rules.agreements import Terms
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action, can
from challenge.rules.registry import Facts
from challenge.web import agreement_words, forms, signing_words, words
from challenge.web.signing.forms import NumberForm, ReasonForm, RegistryForm
from challenge.web.signing.room import blueprint
from challenge.web.tables import as_csv

ROUTES: dict[str, dict[str, Action]] = {
    "registry": {"GET": Action.AGREEMENT_READ},
    "registry_save": {"POST": Action.AGREEMENT_REGISTER},
    "registry_file": {"POST": Action.AGREEMENT_REGISTER},
    "registry_done": {"POST": Action.AGREEMENT_REGISTER},
    "registry_refused": {"POST": Action.AGREEMENT_REGISTER},
    "registry_csv": {"GET": Action.AGREEMENT_READ},
}


@blueprint.get("/<ref>/registry")
def registry(ref: str) -> ResponseReturnValue:
    """What the registry asks of this contract, and how it stands there."""
    return _page(ref)


def _page(ref: str, refused: Any = None) -> ResponseReturnValue:
    """`refused`: a form that came back."""
    read, record = _read(ref)
    agreement = read.agreement
    terms, facts = registering.facts_of(agreement, record)
    form = refused if isinstance(refused, RegistryForm) else None
    form = form or RegistryForm(None, data=RegistryForm.shown(facts, terms.currency))
    runs = can(actor(), Action.AGREEMENT_REGISTER, read.subject)
    text = render_template(
        "signing/registry.html",
        agreement=agreement,
        terms=terms,
        rows=_rows(agreement, terms, facts)[1:],
        lacks=[_lack(code, side) for code, side in rules.missing(terms, facts)],
        form=form.offer(terms),
        number=refused if isinstance(refused, NumberForm) else NumberForm(None),
        reason=refused if isinstance(refused, ReasonForm) else ReasonForm(None),
        steps=registering.steps(db.session, agreement),
        open=runs and agreement.registration in ("none", "refused"),
        waits=runs and agreement.registration == "filed",
        refused=refused,
        words=signing_words,
        zone=agreement.requirement.round.zone,
    )
    return text, 422 if refused is not None else 200


@blueprint.post("/<ref>/registry")
def registry_save(ref: str) -> ResponseReturnValue:
    """Keep what is known."""
    read, record = _read(ref)
    terms, _facts = registering.facts_of(read.agreement, record)
    form = RegistryForm().offer(terms)

    def step() -> str:
        facts = form.written(terms.currency)
        with writing() as session:
            registering.save(session, actor(), ref, facts)
        return _("Saved.")

    return _try(ref, form, step)


@blueprint.post("/<ref>/registry/file")
def registry_file(ref: str) -> ResponseReturnValue:
    """It was handed in."""

    def step() -> str:
        with writing() as session:
            registering.file(session, actor(), ref)
        return _("Noted: it was filed. Write the number here once the registry has given it.")

    return _try(ref, None, step)


@blueprint.post("/<ref>/registry/done")
def registry_done(ref: str) -> ResponseReturnValue:
    """It was registered."""
    form = NumberForm()

    def step() -> str:
        with writing() as session:
            registering.register(session, actor(), ref, form.number.data or "")
        return _("Registered.")

    return _try(ref, form, step)


@blueprint.post("/<ref>/registry/refused")
def registry_refused(ref: str) -> ResponseReturnValue:
    """It was refused."""
    form = ReasonForm()

    def step() -> str:
        with writing() as session:
            registering.refuse(session, actor(), ref, form.reason.data or "")
        return _("Noted. Correct what the registry found, and file it again.")

    return _try(ref, form, step)


@blueprint.get("/<ref>/registry.csv")
def registry_csv(ref: str) -> ResponseReturnValue:
    """What the registry asks, as a table to copy from."""
    read, record = _read(ref)
    terms, facts = registering.facts_of(read.agreement, record)
    return as_csv(f"registry-{read.agreement.number}.csv", _rows(read.agreement, terms, facts))


def _read(ref: str) -> tuple[Read, AgreementRecord]:
    """The agreement with what was signed; NotFound where nothing was, or where it binds to nothing."""
    read = queries.by_ref(db.session, actor(), ref)
    record = signatures.record_of(db.session, read.agreement)
    if record is None or not rules.registrable(registering.facts_of(read.agreement, record)[0]):
        raise NotFound
    return read, record


def _rows(agreement: Agreement, terms: Terms, facts: Facts) -> list[tuple[str, str]]:
    """Label and value, a head first."""
    parties = [
        (f"{agreement_words.SIDES[party.side]} · {label}", getattr(party, name))
        for party in terms.parties
        for name, label in (
            ("name", _("name")),
            ("code", _("registration code")),
            ("representative", _("legal representative")),
            ("address", _("address")),
        )
    ]
    choices = [
        (str(signing_words.FIELDS[name]), str(signing_words.CHOICES.get(getattr(facts, name), "")))
        for name in rules.CHOICES
    ]
    return [
        (_("What is asked"), _("Answer")),
        (_("Number of the agreement"), agreement.number or ""),
        (_("Title"), terms.title),
        *parties,
        (_("Total amount"), amounts.money(terms.total_minor, terms.currency)),
        (
            str(signing_words.FIELDS["technology_minor"]),
            amounts.money(facts.technology_minor, terms.currency),
        ),
        *choices,
        (_("Signed on"), _signed_on(agreement)),
        (_("First day"), terms.starts_on.isoformat() if terms.starts_on else ""),
        (_("Last day"), terms.ends_on.isoformat() if terms.ends_on else ""),
        (_("Registration number"), agreement.registration_number or ""),
    ]


def _signed_on(agreement: Agreement) -> str:
    zone = ZoneInfo(agreement.requirement.round.zone)
    return agreement.signed_at.astimezone(zone).date().isoformat() if agreement.signed_at else ""


def _lack(code: str, side: str) -> str:
    text = str(signing_words.LACKS[code])
    return f"{text} ({agreement_words.SIDES[side]})" if side else text


def _try(ref: str, form: Any, step: Callable[[], str]) -> ResponseReturnValue:
    """Take the step; what was refused comes back at its field, or above the page."""
    try:
        said = step()
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return _page(ref, form)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(said)
    return redirect(url_for("signing.registry", ref=ref))
