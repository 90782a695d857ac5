"""Who organizes a programme: appointed by each other, at once or by a link in a letter."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import factor_rules, invitations, people, queries
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, require
from challenge.web import forms, invited, words
from challenge.web.account.forms import AddressForm
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "organizers": {"GET": Action.ORGANIZER_APPOINT, "POST": Action.ORGANIZER_APPOINT},
    "organizer_dismiss": {"POST": Action.ORGANIZER_APPOINT},
    "organizer_invitation": {"POST": Action.ORGANIZER_APPOINT},
    "second_factor": {"POST": Action.PROGRAMME_EDIT},
}
ROLE, SCOPE = "organizer", "programme"


@blueprint.route("/programmes/<slug>/organizers", methods=["GET", "POST"])
def organizers(slug: str) -> ResponseReturnValue:
    """The programme's organizers and the invitations that wait; a post appoints one more."""
    programme = _enter(slug)
    form = AddressForm()
    if form.validate_on_submit():
        address = form.email.data or ""
        subject = programmes.subject_of(programme)
        try:
            with writing() as session:
                person = people.appoint_organizer(
                    session, actor(), email=address, scope=SCOPE, scope_id=programme.id, subject=subject
                )
        except Invalid as refusal:
            forms.show(form, refusal)
            programme = _enter(slug)
        else:
            said = _("%(address)s is an organizer now.") if person else _("Invitation sent to %(address)s.")
            flash(said % {"address": address})
            return redirect(url_for("organize.organizers", slug=slug))
    page = render_template(
        "organize/organizers.html",
        programme=programme,
        form=form,
        organizers=queries.organizers_of(db.session, SCOPE, programme.id),
        waiting=invitations.of_thing(db.session, ROLE, SCOPE, programme.id),
        at=page_now(),
        strict=factor_rules.holds(db.session, programme.id),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/programmes/<slug>/organizers/<int:number>/dismiss")
def organizer_dismiss(slug: str, number: int) -> ResponseReturnValue:
    """Take the role of an organizer away; those of the host organization keep theirs."""
    programme = _enter(slug)
    subject = programmes.subject_of(programme)
    with writing() as session:
        people.dismiss_organizer(
            session, actor(), user_id=number, scope=SCOPE, scope_id=programme.id, subject=subject
        )
    flash(_("Removed."))
    return redirect(url_for("organize.organizers", slug=slug))


@blueprint.post("/programmes/<slug>/invitations/<int:number>/<any(again, revoke):verb>")
def organizer_invitation(slug: str, number: int, verb: str) -> ResponseReturnValue:
    """Mail an invitation once more, or take it back."""
    programme = _enter(slug)
    invited.act(number, verb, ROLE, SCOPE, programme.id, programmes.subject_of(programme))
    return redirect(url_for("organize.organizers", slug=slug))


@blueprint.post("/programmes/<slug>/second-factor/<any(on, off):verb>")
def second_factor(slug: str, verb: str) -> ResponseReturnValue:
    """Want a second factor of its organizers and judges, or want none."""
    programme = programmes.by_slug(db.session, slug)
    try:
        with writing() as session:
            about = programmes.subject_of(programme)
            factor_rules.set_rule(session, actor(), programme.id, about, wanted=verb == "on")
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Saved."))
    return redirect(url_for("organize.organizers", slug=slug))


def _enter(slug: str) -> Programme:
    programme = programmes.by_slug(db.session, slug)
    require(actor(), Action.ORGANIZER_APPOINT, programmes.subject_of(programme))
    return programme
