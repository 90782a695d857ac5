"""Have my account erased: what that means, shown beforehand; asking for it, and the way back."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField

from challenge.accounts import identity
from challenge.accounts.identity import Proof
from challenge.accounts.models import User
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.privacy import erasing as service
from challenge.privacy.foreseeing import foresee
from challenge.rules.erasure import SECOND_THOUGHTS
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, require
from challenge.web import forms, privacy_words, words
from challenge.web.account.room import blueprint
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {
    "erasing": {"GET": Action.ERASURE_ASK},
    "erasing_ask": {"POST": Action.ERASURE_ASK},
    "erasing_cancel": {"POST": Action.ERASURE_ASK},
}


class EraseForm(FlaskForm):
    """The password once more."""

    password = PasswordField(
        _l("Your password"),
        description=_l("Asked for once more, so that nobody does this at a desk that was left open."),
        render_kw={"maxlength": identity.MOST, "autocomplete": "current-password"},
    )


@blueprint.get("/profile/erase")
def erasing() -> ResponseReturnValue:
    """What would go, what stays and why, what has to be done first; or how far it is."""
    require(actor(), Action.ERASURE_ASK)
    return _page(EraseForm())


@blueprint.post("/profile/erase")
def erasing_ask() -> ResponseReturnValue:
    """Ask for it: the password first, outside of writing."""
    require(actor(), Action.ERASURE_ASK)
    form = EraseForm()
    try:
        confirmed = identity.confirmed(db.session, actor(), Proof(form.password.data or ""))
        with writing() as session:
            service.ask(session, actor(), confirmed)
    except Invalid as refusal:
        forms.show(form, refusal)
        return _page(form), 422
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Your account will be erased. Until then you can take it back here."))
    return redirect(url_for("account.erasing"))


@blueprint.post("/profile/erase/cancel")
def erasing_cancel() -> ResponseReturnValue:
    """Take it back."""
    require(actor(), Action.ERASURE_ASK)
    found = service.going_on(db.session, actor().user_id or 0)
    if found is not None and found.origin == "person" and found.state == "waiting":
        with writing() as session:
            service.cancel(session, actor(), found.ref)
        flash(_("Taken back. Everything stays as it was."))
    return redirect(url_for("account.erasing"))


def _page(form: EraseForm) -> str:
    person = db.session.get_one(User, actor().user_id)
    return render_template(
        "account/erase.html",
        form=form,
        person=person,
        seen=foresee(db.session, person, page_now().date()),
        going_on=service.going_on(db.session, person.id),
        days=SECOND_THOUGHTS.days,
        words=privacy_words,
    )
