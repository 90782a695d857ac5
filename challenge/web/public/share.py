"""Where a link on paper or a QR code leads: leave an address, get the need with a link to answer by."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, StringField

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.distribution import sharing
from challenge.requirements import public
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.web import forms
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "share": {"GET": Action.DISPATCH_ANSWER, "POST": Action.DISPATCH_ANSWER},
}


class LeaveForm(FlaskForm):
    """Who is interested."""

    email = EmailField(_l("Your mail address"), render_kw={"autocomplete": "email"})
    name = StringField(_l("Your name"), render_kw={"maxlength": 120, "autocomplete": "name"})


@blueprint.route("/share/<ref>", methods=["GET", "POST"])
def share(ref: str) -> ResponseReturnValue:
    """The need in short, and the way to answer."""
    require(actor(), Action.DISPATCH_ANSWER)
    form, asked = LeaveForm(), False
    detail = public.public_detail(db.session, sharing.requirement_of(db.session, ref))
    if form.is_submitted():
        try:
            with writing() as session:
                spoken = "zh_CN" if i18n.reader().zh else "en_US"
                sharing.ask(session, actor(), ref, form.email.data or "", form.name.data or "", spoken)
            asked = True
        except Invalid as refusal:
            forms.show(form, refusal)
    page = render_template("public/share.html", row=detail.row, form=form, asked=asked)
    return page, 422 if form.errors else 200
