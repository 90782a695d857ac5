"""Results as everyone reads them: notices, winners, what became of each need, published rankings."""

from __future__ import annotations

from challenge.api import paging
from challenge.api.public.result_shapes import Panel, Ranked, ResultLine, Results
from challenge.api.public.rounds import public_head
from challenge.api.shapes import Data, gives, gives_page
from challenge.awards import listing
from challenge.awards import queries as awards
from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import public as judging
from challenge.rounds import pages
from challenge.rounds.pages import RoundHead
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, require


@gives_page(ResultLine)
def results() -> paging.Page:
    """Rounds with results, the latest first."""
    many = paging.limit()
    rows = listing.results(db.session, after=paging.key(), limit=many + 1)
    return paging.of(rows, lambda row: row.key, many)


@gives(Results)
def of_round(slug: str) -> Data:
    """The public notice or the winners of a round, and what became of each requirement."""
    head, state = _state(slug)
    noticed = state.starts_at is not None
    return {
        "starts_at": state.starts_at,
        "ends_at": state.ends_at,
        "published_at": state.published_at,
        "winners": awards.winners(db.session, round_id=head.row.id) if noticed else [],
        "outcomes": awards.outcomes(db.session, head.row.id) if noticed else [],
    }


@gives_page(Ranked)
def ranking(slug: str) -> paging.Page:
    """The published ranking of a round, by position; not found before its results are out."""
    head, state = _state(slug)
    many, after = paging.limit(), paging.key() or 0
    found = None
    if state.final:
        found = judging.ranking(db.session, head.row.id, named=state.imported, after=after, limit=many + 1)
    if found is None:
        raise NotFound
    return paging.of(found.rows, lambda row: row.position, many)


@gives_page(Panel)
def panels(slug: str) -> Data:
    """How each phase of a round is judged, and by whom as far as that is public."""
    return paging.whole(judging.panels(db.session, public_head(slug).row.id))


def _state(slug: str) -> tuple[RoundHead, listing.ResultState]:
    head = pages.head(db.session, slug, *listing.STATE)
    require(actor(), Action.ROUND_READ, head.subject)
    return head, listing.ResultState(*head.extra)
