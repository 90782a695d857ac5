"""Requirements for me: what suits my profile as an expert, and what I have on offer."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.matches import queries as matches
from challenge.rules.permissions import Action, require
from challenge.supply import experts
from challenge.web.context import page_now
from challenge.web.match_words import said
from challenge.web.public.cards import field_name
from challenge.web.solve.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {"for_me": {"GET": Action.ACCOUNT_USE}}


@blueprint.get("/for-me")
def for_me() -> ResponseReturnValue:
    """Open requirements with the reasons why they are shown to me, the best first."""
    require(actor(), Action.ACCOUNT_USE)
    return render_template(
        "solve/for_me.html",
        rows=matches.for_me(db.session, actor(), page_now()),
        profile=experts.profile_of(db.session, actor().user_id or 0),
        said=said,
        field_name=field_name,
    )
