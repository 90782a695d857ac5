"""The page behind an invitation's link: it shows by GET and answers by POST."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import addresses, invitations
from challenge.accounts.models import Invitation, Organization, User
from challenge.base.db import db, writing
from challenge.base.session import COME_BACK, actor, forget_actor, renew_session
from challenge.judging import panel
from challenge.messages import scenes
from challenge.requirements import face_invitations, on_behalf
from challenge.requirements.models import Requirement
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.submissions import team
from challenge.submissions.models import Submission
from challenge.web import forms
from challenge.web.account.forms import AnswerForm
from challenge.web.account.room import blueprint
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {
    "invitation": {"GET": Action.ACCOUNT_ENTER},
    "accept_invitation": {"POST": Action.INVITATION_ACCEPT},
    "decline_invitation": {"POST": Action.INVITATION_DECLINE},
}

# What follows where the thing lives, in the same transaction as the acceptance.
JOINS: Mapping[str, invitations.Join] = {
    "judge": panel.join,
    "team": team.join,
    "claim": on_behalf.claim,
    "confidential": face_invitations.join,
}


@blueprint.get("/invitations/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """What the link offers, and whether the reader can take it."""
    require(actor(), Action.ACCOUNT_ENTER)
    return _page(token, AnswerForm(formdata=None))


@blueprint.post("/invitations/<token>")
def accept_invitation(token: str) -> ResponseReturnValue:
    """Take what the link offers, as the signed-in person; a judge may say how many entries at most."""
    require(actor(), Action.INVITATION_ACCEPT)
    form = AnswerForm()
    try:
        with writing() as transaction:
            accepted = invitations.accept(transaction, actor(), token, JOINS)
            if accepted.role == "judge" and form.capacity.data:
                panel.offer_capacity(transaction, actor(), accepted.scope_id, form.capacity.data)
    except Invalid as refusal:
        forms.show(form, refusal)
        return _page(token, form)
    forget_actor()
    renew_session()
    flash(_("Accepted."))
    return redirect(_room(accepted))


@blueprint.post("/invitations/<token>/decline")
def decline_invitation(token: str) -> ResponseReturnValue:
    """Say no, with a reason; without an account too."""
    form = AnswerForm()
    try:
        with writing() as transaction:
            invitations.decline(transaction, actor(), token, form.reason.data or "")
    except Invalid as refusal:
        forms.show(form, refusal)
        return _page(token, form)
    flash(_("You have declined. Whoever invited you is told."))
    return redirect(url_for("account.work") if actor().user_id else url_for("public.home"))


def _page(token: str, form: AnswerForm) -> ResponseReturnValue:
    found = invitations.by_token(db.session, token)
    state = invitations.state_of(found, page_now())
    person = db.session.get(User, actor().user_id) if actor().user_id is not None else None
    if state == "open" and person is None:
        session[COME_BACK] = url_for("account.invitation", token=token)
    if not form.is_submitted():
        form.capacity.data = str(found.facts.get("capacity") or "")
    page = render_template(
        "account/invitation.html",
        invitation=found,
        state=_for(found, state, person),
        address=found.email if person else addresses.masked(found.email),
        person=person,
        token=token,
        answer=form,
        **scenes.place_of(db.session, found.scope, found.scope_id),
    )
    if form.errors:
        return page, 422
    return page, 200 if state == "open" or _mine(found, person) else 410


def _room(accepted: invitations.Accepted) -> str:
    """Where the role that was just given leads."""
    if accepted.role == "judge":
        return url_for("judge.queue")
    if accepted.role == "representative":
        found = db.session.get_one(Organization, accepted.scope_id)
        return url_for("account.organization", ref=found.ref)
    if accepted.role == "team":
        return url_for("solve.show", ref=db.session.get_one(Submission, accepted.scope_id).ref)
    if accepted.role == "claim":
        return url_for("seek.requirement", ref=db.session.get_one(Requirement, accepted.scope_id).ref)
    if accepted.role == "confidential":
        return url_for("public.confidential", ref=db.session.get_one(Requirement, accepted.scope_id).ref)
    return url_for("seek.behalf" if accepted.role == "broker" else "organize.home")


def _mine(found: Invitation, person: User | None) -> bool:
    return person is not None and found.accepted_by == person.id


def _for(found: Invitation, state: str, person: User | None) -> str:
    """The state as it is for this reader: beside the invitation's own, `mine`, `sign_in` and `other`."""
    if _mine(found, person):
        return "mine"
    if state != "open":
        return state
    if person is None:
        return "sign_in"
    return "open" if addresses.same(person.email, found.email) else "other"
