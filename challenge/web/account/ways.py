"""The ways in: by which accounts elsewhere I sign in here, and the password beside them."""

from __future__ import annotations

import time

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField

from challenge.accounts import identities, identity, oidc
from challenge.accounts.entry import MOST_PASSWORD
from challenge.accounts.identity import Confirmed, Proof
from challenge.accounts.models import User
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, NotAllowed
from challenge.rules.permissions import Action, require
from challenge.web import forms
from challenge.web.account.forms import at_most
from challenge.web.account.room import blueprint
from challenge.web.enter import kept

ROUTES: dict[str, dict[str, Action]] = {
    "ways": {"GET": Action.ACCOUNT_USE},
    "link_way": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
    "unlink_way": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
    "password_by_letter": {"POST": Action.ACCOUNT_USE},
}
FRESH_SECONDS = 600  # of a sign-in that stands for the proof of somebody who has no password


class ProofForm(FlaskForm):
    """The password once more, of those who have one."""

    password = PasswordField(
        _("Password"), [at_most(MOST_PASSWORD)], render_kw={"autocomplete": "current-password"}
    )


@blueprint.get("/profile/ways")
def ways() -> ResponseReturnValue:
    """Every way in that is not a password alone, and those that could be added."""
    require(actor(), Action.ACCOUNT_USE)
    person = db.session.get_one(User, actor().user_id)
    linked = identities.of_person(db.session, person.id)
    labels = _labels()
    return render_template(
        "account/ways.html",
        person=person,
        linked=linked,
        labels=labels,
        free=[
            (name, label) for name, label in labels.items() if name not in {each.provider for each in linked}
        ],
        removable=len(linked) > 1 or person.password is not None,
    )


@blueprint.route("/profile/ways/link", methods=["GET", "POST"])
def link_way() -> ResponseReturnValue:
    """Link the account elsewhere that this browser has just shown, with proof of this one."""
    require(actor(), Action.ACCOUNT_USE)
    known = kept.seen_or_refuse()
    form = ProofForm()
    if form.validate_on_submit():
        try:
            proof = _proof(form)
            with writing() as transaction:
                identities.link(transaction, actor(), known, proof)
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            session.pop(kept.SEEN, None)
            flash(_("Linked. From now on you can sign in either way."))
            return redirect(url_for("account.ways"))
    return _asked(form, "link", known.provider, known.address or known.name)


@blueprint.route("/profile/ways/<int:number>/unlink", methods=["GET", "POST"])
def unlink_way(number: int) -> ResponseReturnValue:
    """Sign in by it no more."""
    require(actor(), Action.ACCOUNT_USE)
    mine = identities.of_person(db.session, actor().user_id or 0)
    found = next((each for each in mine if each.id == number), None)
    if found is None:  # taken away already: sent twice, it is done once
        return redirect(url_for("account.ways"))
    form = ProofForm()
    if form.validate_on_submit():
        try:
            proof = _proof(form)
            with writing() as transaction:
                identities.unlink(transaction, actor(), number, proof)
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Taken away. You can no longer sign in by it."))
            return redirect(url_for("account.ways"))
    return _asked(form, "unlink", found.provider, found.address)


@blueprint.post("/profile/ways/password")
def password_by_letter() -> ResponseReturnValue:
    """A letter with a link to set a password, for somebody who has none."""
    require(actor(), Action.ACCOUNT_USE)
    with writing() as transaction:
        identities.password_letter(transaction, actor())
    flash(_("A letter is on its way to you. Its link sets a password."))
    return redirect(url_for("account.ways"))


def _asked(form: ProofForm, verb: str, provider: str, shown: str) -> ResponseReturnValue:
    """The question before a way in is added or taken away: by the password, or by signing in there again."""
    person = db.session.get_one(User, actor().user_id)
    mine = identities.of_person(db.session, person.id)
    page = render_template(
        "account/way.html",
        form=form,
        verb=verb,
        provider=_labels().get(provider, provider),
        shown=shown,
        has_password=person.password is not None,
        fresh=_fresh(),
        again=[(each.provider, _labels()[each.provider]) for each in mine if each.provider in _labels()],
    )
    return page, 422 if form.errors else 200


def _labels() -> dict[str, str]:
    locale = i18n.reader().locale
    return {each.name: each.label(locale) for each in oidc.providers()}


def _fresh() -> bool:
    return time.time() - float(session.get("fs_paa", 0)) < FRESH_SECONDS


def _proof(form: ProofForm) -> Confirmed:
    """Who has a password shows it; who has none has signed in a moment ago."""
    person = db.session.get_one(User, actor().user_id)
    if person.password is not None:
        return identity.confirmed(db.session, actor(), Proof(form.password.data or ""))
    if not _fresh():
        raise NotAllowed("sign_in_again")
    return Confirmed(person.id, by="oidc")
