"""The profile: who I am and how I read."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import people
from challenge.accounts.models import User
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.web import forms
from challenge.web.account.forms import ProfileForm
from challenge.web.account.reader import keep
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "profile": {"GET": Action.ACCOUNT_USE, "POST": Action.ACCOUNT_USE},
}


@blueprint.route("/profile", methods=["GET", "POST"])
def profile() -> ResponseReturnValue:
    """Show and change one's own profile."""
    require(actor(), Action.ACCOUNT_USE)
    person = db.session.get_one(User, actor().user_id)
    form = ProfileForm(obj=person)
    if form.validate_on_submit():
        said = people.Profile(
            form.name.data or "", form.affiliation.data or "", form.locale.data, form.zone.data or None
        )
        try:
            with writing() as session:
                people.edit_profile(session, actor(), said)
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Profile saved."))
            response = make_response(redirect(url_for("account.profile")))
            keep(response, {"locale": said.locale} | ({"zone": said.zone} if said.zone else {}))
            return response
    page = render_template("account/profile.html", form=form, person=person)
    return page, 422 if form.errors else 200
