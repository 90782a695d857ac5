"""How a door of one round is entered by who organizes it."""

from __future__ import annotations

from challenge.api.now import now
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rounds import queries
from challenge.rounds.models import Round
from challenge.rules.permissions import Action, require


def enter(slug: str, action: Action) -> Round:
    """The round (windows, programme and host loaded), once the actor may do `action` with it."""
    round_ = queries.by_slug(db.session, slug)
    require(actor(), action, queries.subject_of(round_, now()))
    return round_
