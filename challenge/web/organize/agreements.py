"""Agreements of a round: all of them, by state and kind."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from challenge.agreements import listing
from challenge.base.db import db
from challenge.rules.agreements import CONTRACTS, KINDS
from challenge.rules.permissions import Action
from challenge.web import agreement_words as words
from challenge.web import listing as files
from challenge.web.list_columns import AGREEMENTS
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.public.lists import number_key

ROUTES: dict[str, dict[str, Action]] = {"agreements": {"GET": Action.AGREEMENT_LIST}}
PAGE = 50


@blueprint.get("/rounds/<slug>/agreements")
def agreements(slug: str) -> ResponseReturnValue:
    """Intents and contracts are counted apart, never together."""
    round_ = enter(slug, Action.AGREEMENT_LIST)
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    state, kind = state if state in words.STATES else "", kind if kind in KINDS else ""
    round_id, states, kinds = round_.id, [state] if state else [], [kind] if kind else []
    file = files.taken(
        f"agreements-{slug}",
        AGREEMENTS,
        lambda session, after, limit: listing.of_round(
            session, round_id, states=states, kinds=kinds, after=after, limit=limit
        ),
        personal=True,
        round_=round_,
    )
    if file is not None:
        return file
    after = number_key(request.args.get("after"))
    rows = listing.of_round(db.session, round_id, states=states, kinds=kinds, after=after, limit=PAGE + 1)
    chosen: dict[str, Any] = {"slug": slug, "state": state or None, "kind": kind or None}
    known = listing.counts(db.session, round_.id)
    return draw(
        "organize/agreements.html",
        round_,
        here="agreements",
        rows=rows[:PAGE],
        state=state,
        kind=kind,
        states={
            each: sum(count for (of, _kind), count in known.items() if of == each) for each in words.STATES
        },
        intents=sum(count for (_state, of), count in known.items() if of not in CONTRACTS),
        contracts=sum(count for (_state, of), count in known.items() if of in CONTRACTS),
        older=url_for("organize.agreements", **chosen, after=rows[PAGE - 1].id) if rows[PAGE:] else None,
        newer=url_for("organize.agreements", **chosen) if after else None,
        words=words,
    )
