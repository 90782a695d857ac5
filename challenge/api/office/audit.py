"""The audit trail, entry by entry."""

from __future__ import annotations

from challenge.api import paging
from challenge.api.now import now
from challenge.api.office.shapes import Line
from challenge.api.shapes import gives_page
from challenge.audit import chain, trail
from challenge.base.db import db
from challenge.base.session import actor
from challenge.rounds import queries
from challenge.rules.permissions import Action, require


@gives_page(Line)
def platform() -> paging.Page:
    """The chain of the platform, newest first."""
    require(actor(), Action.AUDIT_READ)
    return _page(chain.PLATFORM)


@gives_page(Line)
def of_round(slug: str) -> paging.Page:
    """The chain of a round, newest first."""
    round_ = queries.by_slug(db.session, slug)
    require(actor(), Action.AUDIT_READ, queries.subject_of(round_, now()))
    return _page(chain.round_chain(round_.id))


def _page(which: str) -> paging.Page:
    many = paging.limit()
    rows = trail.page(db.session, which, before=paging.key(), limit=many + 1)
    return paging.of(rows, lambda row: row.seq, many)
