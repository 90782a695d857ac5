"""Storage use: in all, by kind, by programme and round, what nothing names any more, and how it grows."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.reports import storage_use
from challenge.rules.permissions import Action, require
from challenge.web.admin.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "storage": {"GET": Action.USER_MANAGE},
    "count_storage": {"POST": Action.USER_MANAGE},
}


@blueprint.get("/storage")
def storage() -> ResponseReturnValue:
    """The last count, and those before it."""
    require(actor(), Action.USER_MANAGE)
    counts = storage_use.newest(db.session)
    return render_template(
        "admin/storage.html",
        counts=counts,
        last=counts[0] if counts else None,
        shares=storage_use.shares(db.session, counts[0]) if counts else [],
        waits=storage_use.waits(db.session),
    )


@blueprint.post("/storage/count")
def count_storage() -> ResponseReturnValue:
    """Have it counted now."""
    with writing() as session:
        storage_use.ask(session, actor())
    flash(_("It is being counted."))
    return redirect(url_for("admin.storage"))
