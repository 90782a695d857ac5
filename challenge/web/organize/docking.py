"""Docking of a round: all pairs, and the needs in which nothing happens."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.docking import quiet, timeline
from challenge.rules.errors import Refused
from challenge.rules.permissions import Action
from challenge.web import outreach_words, words
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "docking": {"GET": Action.DOCKING_LIST},
    "set_quiet_days": {"POST": Action.ROUND_EDIT},
}


@blueprint.get("/rounds/<slug>/docking", endpoint="docking")
def docking_page(slug: str) -> ResponseReturnValue:
    """What lies still comes first."""
    round_ = enter(slug, Action.DOCKING_LIST)
    return draw(
        "organize/docking.html",
        round_,
        here="docking",
        quiet=quiet.of_round(db.session, round_.id),
        count=quiet.count(db.session, round_.id),
        rows=timeline.of_round(db.session, round_.id),
        words=outreach_words,
    )


@blueprint.post("/rounds/<slug>/docking/quiet-days")
def set_quiet_days(slug: str) -> ResponseReturnValue:
    """After how many days without movement a need is listed."""
    round_ = enter(slug, Action.ROUND_EDIT)
    try:
        with writing() as session:
            quiet.set_days(session, actor(), round_.id, request.form.get("days", 0, type=int))
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        flash(words.say(refusal), "error")
    else:
        flash(_("Saved."))
    return redirect(url_for("organize.docking", slug=slug))
