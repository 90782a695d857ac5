"""My data: everything of a person as one zip, made while it is sent."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.exchange import personal
from challenge.rules.permissions import Action, require
from challenge.web.account.room import blueprint
from challenge.web.papers import archive

ROUTES: dict[str, dict[str, Action]] = {
    "data": {"GET": Action.ACCOUNT_USE},
    "data_archive": {"GET": Action.ACCOUNT_USE},
}


@blueprint.get("/profile/data")
def data() -> ResponseReturnValue:
    """What the zip holds, and the way to it."""
    require(actor(), Action.ACCOUNT_USE)
    count = personal.listed(db.session, actor().user_id or 0)
    return render_template("account/data.html", submissions=count)


@blueprint.get("/profile/data.zip")
def data_archive() -> Response:
    """All of it; a line that breaks harms nothing."""
    require(actor(), Action.ACCOUNT_USE)
    return archive(personal.members(actor().user_id or 0), "my-data.zip")
