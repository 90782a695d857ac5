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
from challenge.rules.permissions import Action, require
from challenge.submissions import team
from challenge.submissions.models import Submission
from challenge.web.account.room import blueprint
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {
    "invitation": {"GET": Action.ACCOUNT_ENTER},
    "accept_invitation": {"POST": Action.INVITATION_ACCEPT},
}

# What follows where the thing lives, in the same transaction as the acceptance.
JOINS: Mapping[str, invitations.Join] = {
    "judge": panel.join,
    "team": team.join,
}


@blueprint.get("/invitations/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """What the link offers, and whether the reader can take it."""
    require(actor(), Action.ACCOUNT_ENTER)
    found = invitations.by_token(db.session, token)
    state = invitations.state_of(found, page_now())
    person = db.session.get(User, actor().user_id) if actor().user_id is not None else None
    if state == "open" and person is None:
        session[COME_BACK] = url_for("account.invitation", token=token)
    page = render_template(
        "account/invitation.html",
        invitation=found,
        state=_for(found, state, person),
        address=found.email if person else addresses.masked(found.email),
        person=person,
        token=token,
        **scenes.place_of(db.session, found.scope, found.scope_id),
    )
    return page, 200 if state == "open" or _mine(found, person) else 410


@blueprint.post("/invitations/<token>")
def accept_invitation(token: str) -> ResponseReturnValue:
    """Take what the link offers, as the signed-in person."""
    require(actor(), Action.INVITATION_ACCEPT)
    with writing() as transaction:
        accepted = invitations.accept(transaction, actor(), token, JOINS)
    forget_actor()
    renew_session()
    flash(_("Accepted."))
    return redirect(_room(accepted))


def _room(accepted: invitations.Accepted) -> str:
    """Where the role that was just given leads."""
    if accepted.role == "judge":
        return url_for("judge.queue")
    if accepted.role == "representative":
        found = db.session.get_one(Organization, accepted.scope_id)
        return url_for("account.organization", ref=found.ref)
    if accepted.role == "team":
        return url_for("solve.show", ref=db.session.get_one(Submission, accepted.scope_id).ref)
    return url_for("organize.home")


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
