"""One need's candidates, for its seeker, its broker and the organizers: who is there, and one more."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from challenge.accounts import queries as people
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.distribution import facts, queries, recipients
from challenge.docking import meeting, timeline
from challenge.docking.meeting import Candidate
from challenge.requirements import opening
from challenge.requirements import queries as requirements
from challenge.requirements.models import Requirement
from challenge.rules.errors import Invalid, Refused
from challenge.rules.permissions import Action, can, require
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.dock.forms import PairForm
from challenge.web.dock.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "need": {"GET": Action.DOCKING_PLAN, "POST": Action.DOCKING_PLAN},
}


@blueprint.route("/needs/<ref>", methods=["GET", "POST"])
def need(ref: str) -> ResponseReturnValue:
    """The candidates of a need; a post adds one."""
    found = requirements.without_seeker(db.session, ref)
    require(actor(), Action.DOCKING_PLAN, facts.subject_of(db.session, found, page_now()))
    form = PairForm()
    answered = queries.interested(db.session, found.id)
    form.dispatch.choices = [("", "–"), *((each.ref, each.name or each.address) for each in answered)]
    if form.is_submitted():
        try:
            with writing() as session:
                pair = meeting.pair_up(session, actor(), ref, _candidate(session, form, found)).ref
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            forms.show(form, refusal)
            found = requirements.without_seeker(db.session, ref)
        else:
            return redirect(url_for("dock.pair", ref=pair))
    elif request.args.get("dispatch"):
        form.dispatch.data = request.args["dispatch"]
    rows = timeline.of_requirement(db.session, found.id)
    invites = can(actor(), Action.FACE_INVITE, facts.subject_of(db.session, found, page_now()))
    page = render_template(
        "dock/need.html",
        need=found,
        rows=rows,
        form=form,
        answered=answered,
        invites=invites and opening.offered(db.session, found.id),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _candidate(session: Session, form: PairForm, found: Requirement) -> Candidate:
    """Who was named, in one of three ways."""
    email, firm = (form.email.data or "").strip().lower(), (form.organization.data or "").strip()
    if sum(map(bool, (form.dispatch.data, email, firm))) != 1:
        raise Invalid("dispatch", "one_candidate")
    if form.dispatch.data:
        chosen = [each for each in queries.interested(session, found.id) if each.ref == form.dispatch.data]
        if not chosen:
            raise Invalid("dispatch", "not_a_choice")
        if chosen[0].user_id is not None:
            return Candidate(user_id=chosen[0].user_id)
        return Candidate(recipient_id=chosen[0].recipient_id)
    if email:
        known = recipients.accounts(session, [email])
        if email not in known:
            raise Invalid("email", "nobody_by_address")
        return Candidate(user_id=known[email])
    organization_id = people.organization_named(session, firm)
    if organization_id is None:
        raise Invalid("organization", "no_organizations", names=firm)
    return Candidate(organization_id=organization_id)
