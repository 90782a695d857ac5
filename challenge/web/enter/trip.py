"""To a provider and back."""

from __future__ import annotations

import time

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from challenge.accounts import identities, oidc
from challenge.accounts.identities import Known
from challenge.base.db import db
from challenge.base.paths import relative
from challenge.base.session import COME_BACK, actor
from challenge.messages.links import link
from challenge.rules.errors import Malformed, Refused
from challenge.rules.permissions import Action, require
from challenge.web.enter import kept
from challenge.web.enter.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "leave": {"GET": Action.ACCOUNT_ENTER},
    "back": {"GET": Action.ACCOUNT_ENTER},
}
PURPOSES = ("link", "prove")  # of somebody who is signed in; anybody else wants to sign in


@blueprint.get("/sign-in/<name>")
def leave(name: str) -> ResponseReturnValue:
    """Go to the provider. This alone changes nothing: what comes back has to name this session's state."""
    require(actor(), Action.ACCOUNT_ENTER)
    which = oidc.provider(name)
    wanted = request.args.get("for", "")
    purpose = wanted if wanted in PURPOSES and actor().user_id is not None else ""
    if not purpose and actor().user_id is not None:
        return redirect(url_for("account.work"))
    after = relative(request.args.get("next"), "")
    if after:
        session[COME_BACK] = after
    # To prove who sits here means to ask them again, however long they have been signed in there.
    asked = {"prompt": "login", "max_age": "0"} if purpose == "prove" else {}
    away, state = oidc.send(which, link("enter.back", name=name), **asked)
    session[kept.TRIP] = {"provider": name, "state": state, "purpose": purpose, "at": time.time()}
    return away


@blueprint.get("/sign-in/<name>/back")
def back(name: str) -> ResponseReturnValue:
    """Who comes back is signed in, linked to an account, or asked who they are here.

    The one GET that changes something: OpenID Connect answers so. It counts once, and only in the session
    that asked for it.
    """
    require(actor(), Action.ACCOUNT_ENTER)
    which = oidc.provider(name)
    trip = session.pop(kept.TRIP, None) or {}
    if trip.get("provider") != name or not trip.get("state") or trip["state"] != request.args.get("state"):
        raise Malformed("provider_state")
    known = oidc.received(which)
    if trip["purpose"]:
        return _signed_in(known, trip["purpose"])
    person = identities.person_of(db.session, known)
    if person is not None:
        return kept.come_in(person, known)
    kept.remember(known)
    return redirect(url_for("enter.first"))


def _signed_in(known: Known, purpose: str) -> ResponseReturnValue:
    """For somebody who is signed in here already."""
    if purpose == "link":
        kept.remember(known)
        return redirect(url_for("account.link_way"))
    person = identities.person_of(db.session, known)
    if person is None or person.id != actor().user_id:
        raise Refused("identity_other")
    session["fs_paa"] = time.time()
    return redirect(relative(session.get(COME_BACK), url_for("account.ways")))
