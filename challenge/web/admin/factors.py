"""Lost second factors: taken off an account after a letter and a while, or called off."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import people, resets
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Refused
from challenge.rules.permissions import Action
from challenge.web import words
from challenge.web.admin.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "reset_factors": {"POST": Action.USER_MANAGE},
    "keep_factors": {"POST": Action.USER_MANAGE},
}


@blueprint.post("/people/<ref>/factors/reset")
def reset_factors(ref: str) -> ResponseReturnValue:
    """Announce that this account's factors are taken off."""
    found = people.by_ref(db.session, ref)
    try:
        with writing() as session:
            resets.ask(session, actor(), found, request.form.get("reason", ""))
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        flash(words.say(refusal), "error")
    else:
        flash(_("Announced. A letter tells them; they can stop it until then."))
    return redirect(url_for("admin.person", ref=ref))


@blueprint.post("/people/<ref>/factors/keep")
def keep_factors(ref: str) -> ResponseReturnValue:
    """Call it off."""
    found = people.by_ref(db.session, ref)
    with writing() as session:
        resets.stop(session, actor(), found)
    flash(_("Called off. The factors stay."))
    return redirect(url_for("admin.person", ref=ref))
