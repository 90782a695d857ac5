"""What the session keeps between here and a provider: the trip, and who came back but has no account yet."""

from __future__ import annotations

import time
from dataclasses import asdict, replace

from flask import current_app, redirect, session, url_for
from flask.typing import ResponseReturnValue

from challenge.accounts import entering, identities
from challenge.accounts.identities import Known
from challenge.accounts.models import User
from challenge.base.db import writing
from challenge.base.paths import relative
from challenge.base.session import COME_BACK
from challenge.rules.errors import Refused

TRIP = "trip"
SEEN = "seen_elsewhere"
VALID_SECONDS = 3600


def remember(known: Known) -> None:
    """Keep who came back, until they are linked or an hour is over."""
    session[SEEN] = {**asdict(known), "at": time.time()}


def seen() -> Known | None:
    """Who came back from a provider in this browser and is nobody here yet."""
    facts = dict(session.get(SEEN) or {})
    if not facts or time.time() - facts.pop("at", 0) > VALID_SECONDS:
        return None
    which = Known(**facts)
    return (
        which
        if any(each.name == which.provider for each in current_app.config["SETTINGS"].sign_in_by)
        else None
    )


def seen_or_refuse() -> Known:
    """The same; raises Refused `sign_in_over` where nobody came, or too long ago."""
    known = seen()
    if known is None:
        raise Refused("sign_in_over")
    return known


def proved(known: Known, address: str) -> Known:
    """The same person, whose address is known to be theirs by a letter."""
    return replace(known, address=address, verified=True)


def come_in(person: User, known: Known) -> ResponseReturnValue:
    """Sign this person in, as somebody whom the provider vouches for, and go where they wanted to."""
    if not person.active:
        raise Refused("account_closed")
    if person.confirmed_at is None:
        raise Refused("account_unconfirmed")
    back = relative(session.get(COME_BACK), url_for("account.work"))
    session.pop(SEEN, None)
    waits = entering.second_step(person, f"oidc:{known.provider}", remember=False, wanted=back)
    with writing() as transaction:
        identities.used(transaction, known)
        if waits is None:
            entering.enter(person, f"oidc:{known.provider}", remember=False, wanted=back)
    return waits or redirect(back)
