"""The front page, and the one style sheet that is made on request."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from challenge.awards import listing as results
from challenge.base.db import db
from challenge.reports import figure_lines, public_figures
from challenge.requirements.models import FIELDS
from challenge.rounds import listing, marks
from challenge.rounds.marks import Mark
from challenge.rules.permissions import Action
from challenge.web.public import cards, kept
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "home": {"GET": Action.PAGE_READ},
    "brand": {"GET": Action.PAGE_READ},
}
LOOKED_AT = 20  # running rounds, the nearest moments first: the board and the list come from these
ON_BOARD, IN_LIST = 5, 5
TAKES_PART = ("requirements", "submission", "judging")  # stages whose close somebody works towards


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The front page."""
    mark = marks.of_site(db.session)
    return kept.answer(mark, lambda: _home(mark))


def _home(mark: Mark) -> str:
    running = cards.round_cards(listing.public_rounds(db.session, limit=LOOKED_AT), mark.now)
    kept.expect(*(card.closes_at for card in running), *(card.opens_at for card in running))
    figures, needs = public_figures.by_field(db.session)
    return render_template(
        "public/home.html",
        board=_board(running, mark.now),
        board_now=mark.now.replace(second=0, microsecond=0),
        running=running[:IN_LIST],
        more=len(running) > IN_LIST,
        hues=sorted({card.hue for card in running[:IN_LIST]}),
        fields=[(field, cards.field_name(field), needs[field]) for field in FIELDS],
        lines=figure_lines.lines(figures),
        awards=results.latest(db.session),
        board_zone=current_app.config["SETTINGS"].default_zone,
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """A line of the board: what closes, and how near that is."""

    card: cards.RoundCard
    closes_at: dt.datetime
    tone: str


def _board(running: list[cards.RoundCard], now: dt.datetime) -> list[Closing]:
    closing = sorted(
        (
            (card.closes_at, index, card)
            for index, card in enumerate(running)
            if card.closes_at and card.track.stage in TAKES_PART
        ),
        key=lambda each: each[:2],
    )
    return [Closing(card, at, _tone(at - now)) for at, _index, card in closing[:ON_BOARD]]


def _tone(left: dt.timedelta) -> str:
    return "last" if left <= dt.timedelta(hours=1) else "soon" if left <= dt.timedelta(days=3) else ""


@blueprint.get("/brand/<int:hue>.css")
def brand(hue: int) -> ResponseReturnValue:
    """One colour as a style sheet: a strict policy forbids `style=`, and any hue keeps its contrast."""
    if hue > 359:
        abort(404)
    response = Response(f"[data-accent=h{hue}]{{--hue:{hue}}}\n", mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
