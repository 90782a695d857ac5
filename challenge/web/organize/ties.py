"""Ties that the declared method leaves to people: the panel's vote or the chair's word is recorded here."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import ties, turns
from challenge.judging.models import Phase
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, can
from challenge.web import words
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter_phase, phase_number

ROUTES: dict[str, dict[str, Action]] = {
    "ties": {"GET": Action.RANKING_READ},
    "decide_tie": {"POST": Action.TIE_DECIDE},
}
FIGURE = "figure-"


@blueprint.get("/rounds/<slug>/ranking/ties", endpoint="ties")
def ties_page(slug: str) -> ResponseReturnValue:
    """Who is level at a step of people, and what was decided."""
    round_, phase = enter_phase(slug, Action.RANKING_READ)
    return _page(round_, phase)


@blueprint.post("/rounds/<slug>/ranking/ties")
def decide_tie(slug: str) -> ResponseReturnValue:
    """Record one decision."""
    round_, _phase = enter_phase(slug, Action.TIE_DECIDE)
    figures = {
        name.removeprefix(FIGURE): _whole(text)
        for name, text in request.form.items()
        if name.startswith(FIGURE)
    }
    who, reason = request.form.get("who", ""), request.form.get("reason", "")
    try:
        with writing() as session:
            step = request.form.get("step", "")
            ties.decide(session, actor(), round_.id, step, figures, who, reason, phase_number())
    except (Invalid, InvalidMany, WrongState) as refusal:
        round_, phase = enter_phase(slug, Action.TIE_DECIDE)
        faults = refusal.faults if isinstance(refusal, InvalidMany) else (refusal,)
        return _page(round_, phase, [(_where(fault), words.say(fault)) for fault in faults]), 422
    flash(_("Decision recorded. It counts when the ranking is fixed."))
    return redirect(url_for("organize.ties", slug=slug))


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 7 else None


def _where(fault: Invalid | WrongState) -> str:
    """What a fault is about, in the reader's words."""
    if not isinstance(fault, Invalid):
        return ""
    names = {"who": _("Who decided"), "reason": _("Reason"), "figures": ""}
    return names.get(fault.field, fault.field.removeprefix(FIGURE))


def _page(round_: Round, phase: Phase | None, faults: list[tuple[str, str]] | None = None) -> str:
    return draw(
        "organize/ties.html",
        round_,
        here="ranking",
        ties=ties.of_phase(db.session, phase) if phase is not None else [],
        faults=faults or [],
        typed=request.form,
        may=can(actor(), Action.TIE_DECIDE, turns.subject_of(round_, phase, page_now())),
    )
