"""The confidential parts that I asked for: where I stand with each."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.requirements import face_reads
from challenge.rules.permissions import Action, require
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {"opened": {"GET": Action.ACCOUNT_USE}}


@blueprint.get("/profile/opened")
def opened() -> ResponseReturnValue:
    """All of them, the newest first."""
    require(actor(), Action.ACCOUNT_USE)
    return render_template("account/opened.html", rows=face_reads.mine(db.session, actor().user_id or 0))
