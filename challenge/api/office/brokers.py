"""Dispatches and dockings."""

from __future__ import annotations

from challenge.api import paging
from challenge.api.now import now
from challenge.api.office.shapes import Dispatch, Pair
from challenge.api.shapes import Data, gives_page
from challenge.base.db import db
from challenge.base.session import actor
from challenge.distribution import facts, queries
from challenge.docking import timeline
from challenge.requirements import queries as requirements
from challenge.rules import permissions
from challenge.rules.permissions import Action, require


@gives_page(Pair)
def dockings() -> Data:
    """The pairs in which I am a side, the last moved first."""
    require(actor(), Action.ACCOUNT_USE)
    return paging.whole(timeline.mine(db.session, actor(), limit=paging.limit()))


@gives_page(Dispatch)
def dispatches(ref: str) -> paging.Page:
    """To whom a requirement was sent; names are for its broker and its organizers."""
    requirement, many = requirements.by_ref(db.session, ref), paging.limit()
    subject = facts.subject_of(db.session, requirement, now())
    require(actor(), Action.DISTRIBUTION_READ, subject)
    named = permissions.organizer(actor(), subject) or subject.broker_id == actor().user_id
    rows = queries.dispatches(db.session, requirement.id, "", paging.key(), many + 1) if named else []
    return paging.of(rows, lambda row: row.id, many)
