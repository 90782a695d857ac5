"""How a door of one entry is entered: by its team alone."""

from __future__ import annotations

from typing import Any

from challenge.api import answers
from challenge.base import clock
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, require
from challenge.submissions import queries
from challenge.submissions.facts import permit
from challenge.submissions.queries import Shown


def enter(ref: str, action: Action) -> Shown:
    """The entry, once its team may do `action` with it; to everybody else there is none. Raises `TooLate`."""
    require(actor(), Action.ACCOUNT_USE)
    shown = queries.shown(db.session, ref, clock.now(db.session))
    if actor().user_id not in shown.material.team:
        raise NotFound
    about = (shown.round, shown.windows, shown.requirement, shown.now, shown.submission)
    permit(actor(), action, shown.subject, *about)
    return shown


def tag_of(shown: Shown) -> str:
    """The ETag of an entry: it moves with its draft, its files and its state."""
    submission = shown.submission
    files = [(each.ref, each.field) for each in shown.material.files]
    return answers.tag_of(
        [submission.ref, submission.draft_version, submission.state, files, submission.team_name]
    )


def tagged(body: Any, shown: Shown, status: int = 200) -> tuple[Any, int, dict[str, Any]]:
    """An answer with the ETag of the entry."""
    return body, status, answers.tagged(None, tag_of(shown))
