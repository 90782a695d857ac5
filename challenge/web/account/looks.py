"""Who looked on as me: administrators, why, when, and how many pages they saw."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.reports import looking
from challenge.rules.permissions import Action, require
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {"looks": {"GET": Action.ACCOUNT_USE}}


@blueprint.get("/profile/looks")
def looks() -> ResponseReturnValue:
    """Each of them, newest first."""
    require(actor(), Action.ACCOUNT_USE)
    return render_template("account/looks.html", past=looking.of_person(db.session, actor().user_id or 0))
