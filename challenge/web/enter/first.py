"""A first visit by an account elsewhere: a new account, or the one that is here already, with proof."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import identities, oidc, people
from challenge.accounts.identities import Known
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, NotAllowed
from challenge.rules.permissions import Action, require
from challenge.web import forms
from challenge.web.enter import kept
from challenge.web.enter.forms import AddressForm, NewAccountForm, OwnAccountForm
from challenge.web.enter.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "first": {"GET": Action.ACCOUNT_ENTER},
    "new_account": {"POST": Action.ACCOUNT_ENTER},
    "own_account": {"POST": Action.ACCOUNT_ENTER},
    "ask_by_letter": {"POST": Action.ACCOUNT_ENTER},
}


@blueprint.get("/sign-in/first")
def first() -> ResponseReturnValue:
    """Ask who it is: a new account, or one that is here already."""
    require(actor(), Action.ACCOUNT_ENTER)
    return _page(kept.seen_or_refuse())


@blueprint.post("/sign-in/first/new")
def new_account() -> ResponseReturnValue:
    """An account for somebody whose address the provider, or a letter, vouches for."""
    require(actor(), Action.ACCOUNT_ENTER)
    known = kept.seen_or_refuse()
    if not known.verified:
        raise NotAllowed
    form = NewAccountForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                person = identities.create_account(
                    session, known, name=form.name.data or "", locale=form.locale.data
                )
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Your account is made. You are signed in."))
            return kept.come_in(person, known)
    return _page(known, new=form)


@blueprint.post("/sign-in/first/own")
def own_account() -> ResponseReturnValue:
    """The account that is here already, shown to be theirs by its password."""
    require(actor(), Action.ACCOUNT_ENTER)
    known = kept.seen_or_refuse()
    form = OwnAccountForm()
    if form.validate_on_submit():
        try:
            person = identities.by_password(db.session, form.email.data or "", form.password.data or "")
            with writing() as session:
                identities.link_proved(session, person, known)
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Linked. From now on you can sign in either way."))
            return kept.come_in(person, known)
    return _page(known, own=form)


@blueprint.post("/sign-in/first/letter")
def ask_by_letter() -> ResponseReturnValue:
    """Ask by mail whether the address is theirs; the answer is the same whether it has an account or not."""
    require(actor(), Action.ACCOUNT_ENTER)
    known = kept.seen_or_refuse()
    form = AddressForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                identities.send_letter(session, known, form.email.data or "", i18n.reader().locale)
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(
                _(
                    "A letter is on its way to %(address)s. Open its link in this browser, within an hour.",
                    address=form.email.data,
                )
            )
            return redirect(url_for("enter.first"))
    return _page(known, letter=form)


def _page(
    known: Known,
    new: NewAccountForm | None = None,
    own: OwnAccountForm | None = None,
    letter: AddressForm | None = None,
) -> ResponseReturnValue:
    # Only the owner of an address learns whether it has an account: for others both ways are open.
    here = people.by_email(db.session, known.address) if known.verified else None
    page = render_template(
        "enter/first.html",
        known=known,
        provider=oidc.provider(known.provider).label(i18n.reader().locale),
        here=here is not None,
        new=new or NewAccountForm(formdata=None, name=known.name),
        own=own or OwnAccountForm(formdata=None, email=known.address if here else ""),
        letter=letter or AddressForm(formdata=None, email=known.address),
    )
    return page, 422 if any(form is not None and form.errors for form in (new, own, letter)) else 200
