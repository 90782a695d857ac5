"""The certificates of a submission: those of the team, and my own where I asked for one."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from challenge.accounts.models import User
from challenge.awards import certificate_reads, certifying
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules import certificate_codes
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action
from challenge.web import forms, outcome_words
from challenge.web.solve.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "certificates": {"GET": Action.AWARD_CERTIFICATE_WISH, "POST": Action.AWARD_CERTIFICATE_WISH},
}


class WishForm(FlaskForm):
    """A certificate of one's own."""

    name = StringField(
        lazy_gettext("My name on it"),
        description=lazy_gettext(
            "As it should be read for years. Whoever has its code or the paper can read it."
        ),
        render_kw={"autocomplete": "name"},
    )


@blueprint.route("/<ref>/certificates", methods=["GET", "POST"])
def certificates(ref: str) -> ResponseReturnValue:
    """What there is, and whether I want one of my own; that is my word alone."""
    form = WishForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                if "no" in request.form:
                    certifying.unwish(session, actor(), ref)
                else:
                    certifying.wish(session, actor(), ref, form.name.data or "")
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Saved."))
            return redirect(url_for("solve.certificates", ref=ref))
    shown = enter(ref, Action.AWARD_CERTIFICATE_WISH)
    me, number = actor().user_id or 0, shown.submission.id
    wished = certificate_reads.wish_of(db.session, number, me)
    if not form.is_submitted():
        form.name.data = wished or db.session.get_one(User, me).name
    page = draw(
        "solve/certificates.html",
        shown,
        form=form,
        wished=wished,
        rows=certificate_reads.of_entry(db.session, number, me),
        kinds=outcome_words.CERTIFICATES,
        written=certificate_codes.written,
    )
    return page, 422 if form.errors or form.form_errors else 200
