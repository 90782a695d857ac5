"""The chair's desk: who comes on stage, the clock, and what the big screen shows of the scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import revealing, stage_reads, staging
from challenge.judging.stage_reads import Mark
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.timing import clock_text
from challenge.web import phase_words, words
from challenge.web.context import page_now
from challenge.web.stage.room import answer, blueprint, found, tag_of

ROUTES: dict[str, dict[str, Action]] = {
    "chair": {"GET": Action.STAGE_CHAIR},
    "act": {"POST": Action.STAGE_CHAIR},
}
Verb = Callable[[Session, Actor, int, int], object]


def _call(session: Session, who: Actor, round_id: int, number: int) -> None:
    staging.call(session, who, round_id, number, request.form.get("code", ""))


def _anyway() -> bool:
    return request.form.get("anyway") == "yes"


def _next_place(session: Session, who: Actor, round_id: int, number: int) -> None:
    shown = request.form.get("shown", -1, type=int)
    revealing.next_place(session, who, round_id, number, shown, anyway=_anyway())


VERBS: Mapping[str, Verb] = {
    "call": _call,
    "run": staging.run,
    "pause": staging.pause,
    "questions": partial(staging.go_to, part="questions"),
    "presentation": partial(staging.go_to, part="presentation"),
    "clear": staging.clear,
    "hide": revealing.hide,
    "total": lambda *where: revealing.show_total(*where, anyway=_anyway()),
    "ranking": lambda *where: revealing.show_ranking(*where, anyway=_anyway()),
    "place": _next_place,
}


@blueprint.get("/stage/<slug>/<int:number>")
def chair(slug: str, number: int) -> ResponseReturnValue:
    """What the chair leads the final from; it follows what another chair does."""
    round_, mark = found(slug, number)
    require(actor(), Action.STAGE_CHAIR, stage_reads.subject(round_, mark, page_now()))
    shown = stage_reads.stage(db.session, mark.phase.id)
    cards = revealing.open_of(db.session, mark.phase.id)
    tag = tag_of("chair", shown.version, cards.count)
    return answer(
        tag,
        lambda: render_template(
            "stage/chair.html",
            round=round_,
            stage=shown,
            cards=cards,
            name=phase_words.phase_name(shown.phase),
            clock_text=clock_text,
            screen=_screen(round_, mark),
            tag=tag,
        ),
    )


@blueprint.post("/stage/<slug>/<int:number>/<verb>")
def act(slug: str, number: int, verb: str) -> ResponseReturnValue:
    """One of the chair's verbs; sent twice it has one effect."""
    if verb not in VERBS:
        raise NotFound
    round_, mark = found(slug, number)
    require(actor(), Action.STAGE_CHAIR, stage_reads.subject(round_, mark, page_now()))
    try:
        with writing() as session:
            VERBS[verb](session, actor(), round_.id, number)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    return redirect(url_for("stage.chair", slug=slug, number=number))


def _screen(round_: Round, mark: Mark) -> str:
    number = mark.phase.number
    if mark.screen_public:
        return url_for("stage.screen", slug=round_.slug, number=number)
    return url_for("stage.secret_screen", slug=round_.slug, number=number, key=mark.screen_key)
