"""Passkeys of mine: add one under a name, take one away; and signing in by one, without a password."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField

from challenge.accounts import entering, factors, passkeys, recovery
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, Refused, WrongState
from challenge.rules.permissions import Action, require
from challenge.web import ceremonies, forms, words
from challenge.web.account.factors import shown
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "passkey": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
    "remove_passkey": {"POST": Action.ACCOUNT_USE},
    "enter_by_passkey": {"POST": Action.ACCOUNT_ENTER},
}


class PasskeyForm(FlaskForm):
    """A new key: its name here, and what the browser says of it."""

    name = StringField(
        _l("Name"),
        description=_l("By which you know it again, such as the device that keeps it."),
        render_kw={"maxlength": passkeys.LONGEST_NAME, "autocomplete": "off"},
    )
    passkey = HiddenField()


@blueprint.route("/profile/security/passkey", methods=["GET", "POST"])
def passkey() -> ResponseReturnValue:
    """Add a passkey; with the first factor come the recovery codes."""
    require(actor(), Action.ACCOUNT_USE)
    form = PasskeyForm()
    if form.validate_on_submit():
        first = not factors.of(db.session, actor().user_id or 0).codes_made
        try:
            asked = ceremonies.challenge()
            with writing() as transaction:
                said, name = form.passkey.data or "", form.name.data or ""
                passkeys.add(transaction, actor(), ceremonies.site(), asked, said, name)
                codes = recovery.make(transaction, actor()) if first else []
        except (Invalid, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("The passkey is added. You can sign in with it from now on."))
            return shown(codes) if codes else redirect(url_for("account.security"))
    options = ceremonies.to_make(db.session)
    form.passkey.data = ""
    page = render_template("account/passkey.html", form=form, options=options)
    return page, 422 if form.errors else 200


@blueprint.post("/profile/security/passkeys/<ref>/remove")
def remove_passkey(ref: str) -> ResponseReturnValue:
    """Take a key off the account."""
    with writing() as transaction:
        passkeys.remove(transaction, actor(), ref)
    flash(_("The passkey is taken off your account."))
    return redirect(url_for("account.security"))


@blueprint.post("/login/passkey")
def enter_by_passkey() -> ResponseReturnValue:
    """Sign in by a key alone: whoever holds it has also unlocked it, so these are two steps in one."""
    require(actor(), Action.ACCOUNT_ENTER)
    step = session.get(entering.STEP) or {}
    try:
        asked = ceremonies.challenge()
        with writing() as transaction:
            answer = request.form.get("passkey", "")
            person = passkeys.shown(transaction, ceremonies.site(), asked, answer)
            if not person.active or person.confirmed_at is None:
                raise Refused("account_closed" if not person.active else "account_unconfirmed")
            wanted = request.form.get("next") or step.get("next")
            place = entering.enter(person, "passkey", remember=bool(step.get("remember")), wanted=wanted)
    except Refused as refusal:
        flash(words.say(refusal), "error")
        return redirect(url_for("security.login"))
    return redirect(place)
