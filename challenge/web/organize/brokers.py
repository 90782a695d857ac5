"""Who enters requirements for firms in a programme: invited by a link in a letter, dismissed again."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import brokers, invitations, queries
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.distribution import caring
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.web import forms, invited
from challenge.web.account.forms import AddressForm
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "brokers": {"GET": Action.BROKER_APPOINT, "POST": Action.BROKER_APPOINT},
    "broker_dismiss": {"POST": Action.BROKER_APPOINT},
    "broker_invitation": {"POST": Action.BROKER_APPOINT},
}


@blueprint.route("/programmes/<slug>/brokers", methods=["GET", "POST"], endpoint="brokers")
def page(slug: str) -> ResponseReturnValue:
    """The programme's brokers and the invitations that wait; a post invites one more."""
    programme = _enter(slug)
    form = AddressForm()
    if form.validate_on_submit():
        subject = programmes.subject_of(programme)
        try:
            with writing() as session:
                brokers.appoint(session, actor(), form.email.data or "", programme.id, subject)
        except Invalid as refusal:
            forms.show(form, refusal)
            programme = _enter(slug)
        else:
            flash(_("Invitation sent to %(address)s.", address=form.email.data))
            return redirect(url_for("organize.brokers", slug=slug))
    drawn = render_template(
        "organize/brokers.html",
        programme=programme,
        form=form,
        brokers=queries.holders_of(db.session, brokers.ROLE, brokers.SCOPE, programme.id),
        waiting=invitations.of_thing(db.session, brokers.ROLE, brokers.SCOPE, programme.id),
        at=page_now(),
    )
    return drawn, 422 if form.errors else 200


@blueprint.post("/programmes/<slug>/brokers/<int:number>/dismiss")
def broker_dismiss(slug: str, number: int) -> ResponseReturnValue:
    """Take the role of a broker away."""
    programme = _enter(slug)
    with writing() as session:
        caring.dismiss(session, actor(), programme, number)
    flash(_("Removed."))
    return redirect(url_for("organize.brokers", slug=slug))


@blueprint.post("/programmes/<slug>/brokers/invitations/<int:number>/<any(again, revoke):verb>")
def broker_invitation(slug: str, number: int, verb: str) -> ResponseReturnValue:
    """Mail an invitation once more, or take it back."""
    programme = _enter(slug)
    subject = programmes.subject_of(programme)
    invited.act(number, verb, brokers.ROLE, brokers.SCOPE, programme.id, subject)
    return redirect(url_for("organize.brokers", slug=slug))


def _enter(slug: str) -> Programme:
    programme = programmes.by_slug(db.session, slug)
    require(actor(), Action.BROKER_APPOINT, programmes.subject_of(programme))
    return programme
