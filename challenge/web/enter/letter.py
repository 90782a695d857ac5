"""The link of a letter that asked whose an account elsewhere is: it shows by GET and answers by POST."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import identities, oidc
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.permissions import Action, require
from challenge.web.enter import kept
from challenge.web.enter.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "letter": {"GET": Action.ACCOUNT_ENTER},
    "answer_letter": {"POST": Action.ACCOUNT_ENTER},
}


@blueprint.get("/sign-in/letter/<token>")
def letter(token: str) -> ResponseReturnValue:
    """Which account elsewhere would sign in as whoever reads this address."""
    require(actor(), Action.ACCOUNT_ENTER)
    found = identities.letter_of(db.session, token, kept.seen())
    label = oidc.provider(found.provider).label(i18n.reader().locale)
    return render_template("enter/letter.html", letter=found, provider=label, token=token)


@blueprint.post("/sign-in/letter/<token>")
def answer_letter(token: str) -> ResponseReturnValue:
    """Yes: link it with the account of the address, or go on to make one."""
    require(actor(), Action.ACCOUNT_ENTER)
    known = kept.seen()
    with writing() as session:
        person, address = identities.use_letter(session, token, known)
        if person is not None and known is not None:
            identities.link_proved(session, person, known)
    seen = kept.seen_or_refuse()
    if person is None:
        kept.remember(kept.proved(seen, address))
        return redirect(url_for("enter.first"))
    flash(_("Linked. From now on you can sign in either way."))
    return kept.come_in(person, seen)
