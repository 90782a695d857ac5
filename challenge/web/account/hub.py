"""My work: what needs me next, by role."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.permissions import Action, require
from challenge.web.account.panels import PANELS
from challenge.web.account.room import blueprint
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {"work": {"GET": Action.ACCOUNT_USE}}


@blueprint.get("/work")
def work() -> ResponseReturnValue:
    """The panels of my roles, what needs me first."""
    require(actor(), Action.ACCOUNT_USE)
    shown = [panel for each in PANELS if (panel := each(db.session, actor(), page_now())) is not None]
    return render_template("account/work.html", panels=shown)
