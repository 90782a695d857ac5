"""Setting up what proves who I am beside a password: an authenticator app, and recovery codes on paper."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from challenge.accounts import authenticator, factors, recovery
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, require
from challenge.web import forms, words
from challenge.web.account.factor_forms import FirstCodeForm
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "begin_authenticator": {"POST": Action.ACCOUNT_USE},
    "authenticator": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
    "remove_authenticator": {"POST": Action.ACCOUNT_USE},
    "recovery_codes": {"POST": Action.ACCOUNT_USE},
}


@blueprint.post("/profile/security/authenticator/begin")
def begin_authenticator() -> ResponseReturnValue:
    """Make a secret for an app, to be shown by the next page."""
    try:
        with writing() as session:
            authenticator.begin(session, actor())
    except WrongState as refusal:
        flash(words.say(refusal), "error")
        return redirect(url_for("account.security"))
    return redirect(url_for("account.authenticator"))


@blueprint.route("/profile/security/authenticator", methods=["GET", "POST"], endpoint="authenticator")
def set_up() -> ResponseReturnValue:
    """The secret as a QR code and to be typed, and the app's first code, which puts it in force."""
    require(actor(), Action.ACCOUNT_USE)
    site = current_app.config["SETTINGS"].base_url.partition("://")[2]
    setup = authenticator.waiting(db.session, actor(), site)
    if setup is None:
        return redirect(url_for("account.security"))
    form = FirstCodeForm()
    if form.validate_on_submit():
        first = not factors.of(db.session, actor().user_id or 0).codes_made
        try:
            with writing() as session:
                authenticator.confirm(session, actor(), form.code.data or "")
                codes = recovery.make(session, actor()) if first else []
        except (Invalid, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Your app is set up. From now on its code is asked for when you sign in."))
            return shown(codes) if codes else redirect(url_for("account.security"))
    picture = Markup(authenticator.picture(setup.address))  # noqa: S704  # nosec B704 - drawn by us
    page = render_template("account/authenticator.html", form=form, setup=setup, picture=picture)
    return page, 422 if form.errors else 200


@blueprint.post("/profile/security/authenticator/remove")
def remove_authenticator() -> ResponseReturnValue:
    """Take the app off the account."""
    with writing() as session:
        authenticator.remove(session, actor())
    flash(_("The app is taken off your account."))
    return redirect(url_for("account.security"))


@blueprint.post("/profile/security/recovery-codes")
def recovery_codes() -> ResponseReturnValue:
    """New recovery codes, shown by this answer and never again: nothing that keeps them is redirected to."""
    try:
        with writing() as session:
            codes = recovery.make(session, actor())
    except WrongState as refusal:
        flash(words.say(refusal), "error")
        return redirect(url_for("account.security"))
    return shown(codes)


def shown(codes: list[str]) -> ResponseReturnValue:
    """The codes, this once; no browser keeps the page."""
    page = render_template("account/recovery_codes.html", codes=codes)
    return page, 200, {"Cache-Control": "private, no-store"}
