"""What I objected to, and how each stands."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from challenge.awards import objection_reads
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.permissions import Action, require
from challenge.web import objection_words
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {"objections": {"GET": Action.ACCOUNT_USE}}


@blueprint.get("/profile/objections")
def objections() -> ResponseReturnValue:
    """My objections, the newest first."""
    require(actor(), Action.ACCOUNT_USE)
    rows = objection_reads.mine(db.session, actor())
    return render_template("account/objections.html", rows=rows, words=objection_words)
