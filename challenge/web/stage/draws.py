"""A draw as everybody may read and redo it: the digest beforehand, seed and order after it."""

from __future__ import annotations

import json

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.files.download import disposition
from challenge.judging import draw_reads
from challenge.judging.draw_reads import Drawn
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.permissions import Action, require
from challenge.web import phase_words
from challenge.web.context import page_now
from challenge.web.stage.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "draw": {"GET": Action.ROUND_READ},
    "draw_file": {"GET": Action.ROUND_READ},
}


@blueprint.get("/rounds/<slug>/draw/<int:number>")
def draw(slug: str, number: int) -> ResponseReturnValue:
    """Digest and entries before the draw; seed, word, order and how to redo it after."""
    round_, shown = _found(slug, number)
    name = phase_words.phase_name(shown.phase)
    return render_template("stage/draw.html", round=round_, drawn=shown, name=name)


@blueprint.get("/rounds/<slug>/draw/<int:number>.json")
def draw_file(slug: str, number: int) -> ResponseReturnValue:
    """The same for programs: what `flask draw verify` reads."""
    round_, shown = _found(slug, number)
    text = json.dumps(shown.to_json(round_.slug), ensure_ascii=False, indent=2) + "\n"
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = disposition(f"draw-{round_.slug}-{number}.json")
    return response


def _found(slug: str, number: int) -> tuple[Round, Drawn]:
    round_, g.page_now = rounds.by_slug_now(db.session, slug)
    require(actor(), Action.ROUND_READ, rounds.subject_of(round_, page_now()))
    return round_, draw_reads.drawn(db.session, round_.id, number)
