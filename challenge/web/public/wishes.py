"""Fewer letters, or none: the page behind the link at a letter's end, and the one click of a mail program."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.distribution import tokens, wishes
from challenge.distribution.models import Recipient
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.web import forms
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "unsubscribe": {"GET": Action.DISPATCH_ANSWER, "POST": Action.DISPATCH_ANSWER},
    "letters_limit": {"POST": Action.DISPATCH_ANSWER},
}


class MostForm(FlaskForm):
    """How many letters at most."""

    most = IntegerField(
        _l("Letters in thirty days, at most"), [InputRequired(_l("Write a whole number from 0 to 31."))]
    )


@blueprint.route("/unsubscribe/<token>", methods=["GET", "POST"])
def unsubscribe(token: str) -> ResponseReturnValue:
    """GET shows, POST ends the letters, also where a mail program posts it by itself."""
    require(actor(), Action.DISPATCH_ANSWER)
    if request.method == "GET":
        recipient = _recipient(token)
        return _page(token, recipient, MostForm(None, data={"most": recipient.most}))
    with writing() as session:
        wishes.unsubscribe(session, actor(), _recipient(token))
    if request.form.get("List-Unsubscribe") == "One-Click":
        return "", 204
    flash(_("Done. No more such letters go to this address."))
    return redirect(url_for("public.unsubscribe", token=token))


@blueprint.post("/unsubscribe/<token>/limit")
def letters_limit(token: str) -> ResponseReturnValue:
    """So many and no more."""
    form = MostForm()
    try:
        with writing() as session:
            if not form.validate():
                raise Invalid("most", "out_of_range", minimum=0, maximum=wishes.MOST)
            wishes.set_most(session, actor(), _recipient(token), form.most.data or 0)
    except Invalid as refusal:
        require(actor(), Action.DISPATCH_ANSWER)
        form.most.errors = []
        forms.show(form, refusal)
        return _page(token, _recipient(token), form)
    flash(_("Saved."))
    return redirect(url_for("public.unsubscribe", token=token))


def _recipient(token: str) -> Recipient:
    return wishes.by_ref(db.session, tokens.read(tokens.LEAVE, token))


def _page(token: str, recipient: Recipient, form: MostForm) -> ResponseReturnValue:
    page = render_template("public/wishes.html", token=token, recipient=recipient, form=form)
    return page, 422 if form.errors else 200
