"""The big screen: who presents, the time left, who comes next, and what the chair has revealed.

It draws from the stage's own row alone. No score is read for it, so neither the page nor its mark or size can
tell one that is hidden.
"""

from __future__ import annotations

import hmac

from flask import render_template
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import stage_reads
from challenge.judging.stage_reads import Mark
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, require
from challenge.rules.timing import clock_text
from challenge.web import phase_words
from challenge.web.context import page_now
from challenge.web.stage.room import answer, blueprint, found, tag_of

ROUTES: dict[str, dict[str, Action]] = {
    "screen": {"GET": Action.SCREEN_READ},
    "secret_screen": {"GET": Action.SCREEN_READ},
}


@blueprint.get("/rounds/<slug>/screen/<int:number>")
def screen(slug: str, number: int) -> ResponseReturnValue:
    """The screen under its public address, where the organizer made it public."""
    round_, mark = found(slug, number)
    return _answer(round_, mark, public=mark.screen_public and round_.launched_at is not None)


@blueprint.get("/rounds/<slug>/screen/<int:number>/<key>")
def secret_screen(slug: str, number: int, key: str) -> ResponseReturnValue:
    """The same for whoever has its secret address."""
    round_, mark = found(slug, number)
    if not hmac.compare_digest(key.encode(), mark.screen_key.encode()):
        raise NotFound
    return _answer(round_, mark, public=True)


def _answer(round_: Round, mark: Mark, *, public: bool) -> ResponseReturnValue:
    subject = stage_reads.subject(round_, mark, page_now(), public=public)
    require(actor(), Action.SCREEN_READ, subject)
    tag = tag_of("screen", mark.version)
    return answer(tag, lambda: _page(round_, mark, tag))


def _page(round_: Round, mark: Mark, tag: str) -> str:
    shown = stage_reads.stage(db.session, mark.phase.id)
    return render_template(
        "stage/screen.html",
        round=round_,
        stage=shown,
        name=phase_words.phase_name(shown.phase),
        clock_text=clock_text,
        tag=tag,
    )
