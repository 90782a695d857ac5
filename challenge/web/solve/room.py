"""The solver's blueprint, and how a page of one submission is entered and drawn."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, can, require
from challenge.submissions import extensions, queries
from challenge.submissions.facts import permit
from challenge.submissions.queries import Shown
from challenge.web.context import page_now

blueprint = Blueprint("solve", __name__, url_prefix="/solve")


def enter(ref: str, action: Action) -> Shown:
    """The submission of a page, once the actor may do `action` with it.

    Only its team comes in: what stands here is the draft, which organizers and seekers never see. Raises
    `TooLate` where nothing but the time is wrong.
    """
    require(actor(), Action.ACCOUNT_USE)  # a visitor is asked to sign in, whatever stands behind the address
    shown = queries.shown(db.session, ref, page_now())
    if actor().user_id not in shown.material.team:
        raise NotFound
    about = (shown.round, shown.windows, shown.requirement, shown.now, shown.submission)
    permit(actor(), action, shown.subject, *about)
    return shown


def draw(template: str, shown: Shown, **values: Any) -> str:
    """A page of a submission inside the solver's layout."""
    submission, given = shown.submission, extensions.of(db.session, shown.submission)
    frame = {"submission": submission, "round": shown.round, "extensions": given}
    return render_template(template, shown=shown, **frame, **values)


def may(action: Action, shown: Shown) -> bool:
    """Whether to show a button."""
    return can(actor(), action, shown.subject)
