"""What was handed in to a round, how it is judged, and what came of it."""

from __future__ import annotations

from typing import Any

from flask import current_app

from challenge.agreements import listing
from challenge.api import paging
from challenge.api.now import now
from challenge.api.organize.room import enter
from challenge.api.organize.shapes import Entry, Filter, Fixed, Placed, Seat, Why
from challenge.api.public.result_shapes import Panel
from challenge.api.seek.shapes import Agreement
from challenge.api.shapes import Data, asks, gives, gives_page, takes
from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import boards, ranking, rubric, turns
from challenge.judging import public as judging
from challenge.judging import standings as board
from challenge.judging.models import Ranking
from challenge.rounds import queries as rounds
from challenge.rules.lifecycles import ENTERED
from challenge.rules.permissions import Action, require
from challenge.submissions import formfiles, forms, queries


@gives(None)
def form_in_force(slug: str) -> Any:
    """The form that solvers answer (challenge-form/1)."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    spec = forms.in_force(db.session, round_).spec
    return current_app.response_class(formfiles.export(spec), mimetype="application/json")


@asks(Filter)
@gives_page(Entry)
def entries(wanted: Data, slug: str) -> paging.Page:
    """What was handed in and stands in a state (by default: submitted), oldest first."""
    round_, many = enter(slug, Action.SUBMISSION_LIST), paging.limit()
    state = wanted.get("state", "submitted")
    state = state if state in ENTERED else "submitted"
    rows = queries.of_round(db.session, round_.id, state, after=paging.key(), limit=many + 1)
    return paging.of(rows, lambda row: row.id, many)


@gives_page(Panel)
def criteria(slug: str) -> Data:
    """How each phase is judged."""
    return paging.whole(judging.panels(db.session, enter(slug, Action.ROUND_CONTROL).id))


@gives_page(Seat)
def progress(slug: str) -> Data:
    """How far each judge of the phase at hand is."""
    panel = boards.panel_of(db.session, enter(slug, Action.ROUND_CONTROL).id)
    return paging.whole(panel.seats if panel is not None else ())


@gives_page(Placed)
def standings(slug: str) -> paging.Page:
    """The ranking that was fixed, or the standings by now."""
    round_, many = enter(slug, Action.RANKING_READ), paging.limit()
    opened = board.opening(db.session, round_.id)
    if opened is None:
        return paging.of((), lambda row: row, many)
    cursor = str(paging.key() or "")
    if opened.official is not None:
        page = board.fixed(db.session, opened.official, cursor, limit=many)
    else:
        page = board.live(db.session, opened.phase.id, cursor, limit=many)
    return paging.on(page.lines, page.after)


@takes(Why)
@gives(Fixed)
def fix(why: Data, slug: str) -> Ranking:
    """Make the ranking official, or replace it with a reason."""
    round_ = rounds.by_slug(db.session, slug)
    phase = rubric.phase_of(db.session, round_.id, None)
    require(actor(), Action.RANKING_FIX, turns.subject_of(round_, phase, now()))
    return ranking.fix(db.session, actor(), round_.id, why["reason"] or None, None)


@gives_page(Agreement)
def agreements(slug: str) -> paging.Page:
    """Agreements on the round's requirements, newest first."""
    round_, many = enter(slug, Action.AGREEMENT_LIST), paging.limit()
    rows = listing.of_round(db.session, round_.id, after=paging.key(), limit=many + 1)
    return paging.of(rows, lambda row: row.id, many)
