"""All of one's own cards of a phase in one table: compare, adjust, save in one go, lock one or all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_wtf.csrf import generate_csrf

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import piles, scoring, tables
from challenge.judging.compared import Comparison
from challenge.judging.scorecards import SCORE, Entered
from challenge.rules.errors import InvalidMany, Refused, TooLate, WrongState
from challenge.rules.permissions import Action, require
from challenge.web import words
from challenge.web.doors import signed_out, wants_json
from challenge.web.judge import forms
from challenge.web.judge.desk import faults_told, saved_at
from challenge.web.judge.forms import SEEN
from challenge.web.judge.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "own_scores": {"GET": Action.ACCOUNT_USE},
    "kept_all": {"GET": Action.ACCOUNT_USE},
    "save_all": {"POST": Action.SCORE_SAVE},
    "lock_all": {"POST": Action.SCORE_LOCK},
}


@blueprint.get("/phases/<int:phase_id>")
def own_scores(phase_id: int) -> ResponseReturnValue:
    """My own scores of one phase side by side, to adjust until they are locked."""
    require(actor(), Action.ACCOUNT_USE)
    return _page(phase_id)


@blueprint.get("/phases/<int:phase_id>/save")
def kept_all(phase_id: int) -> ResponseReturnValue:
    """For a script whose sign-in is new: the token to send the rest of the table with."""
    if actor().user_id is None:
        return signed_out(url_for("judge.own_scores", phase_id=phase_id))
    require(actor(), Action.ACCOUNT_USE)
    piles.own_scores(db.session, actor(), phase_id)  # raises where nothing of it is mine
    return jsonify({"token": generate_csrf()})


@blueprint.post("/phases/<int:phase_id>/save")
def save_all(phase_id: int) -> ResponseReturnValue:
    """Keep all of the table: a few words for a script, the table again for a plain form."""
    i18n.reader()  # who reads is known before the gate, which has everything read anew
    try:
        with writing() as session:
            saved = tables.save(session, actor(), phase_id, _entered())
    except InvalidMany as refusal:
        return faults_told(refusal) if wants_json() else (_page(phase_id, refusal), 422)
    if wants_json():
        return jsonify({"saved": saved_at(saved.at), "contested": saved.contested})
    if saved.contested:
        faults = [scoring.contested(name, text) for name, text in saved.contested.items()]
        return _page(phase_id, InvalidMany(faults)), 409
    flash(ngettext("%(num)d scorecard saved.", "%(num)d scorecards saved.", saved.count))
    return redirect(url_for("judge.own_scores", phase_id=phase_id))


@blueprint.post("/phases/<int:phase_id>/lock")
def lock_all(phase_id: int) -> ResponseReturnValue:
    """Lock one card, or all that are mine; without a script the question comes as a page of its own."""
    only, sure = request.form.get("only"), request.form.get("sure") == "1"
    shown = piles.own_scores(db.session, actor(), phase_id)
    refs = [row.ref for row in shown.rows if only in (None, row.ref)]
    if only is None and shown.undeclared:
        g.refused = True
        return _page(phase_id, WrongState("declare_first", codes=_codes(shown))), 409
    try:
        with writing() as session:
            count = tables.lock(session, actor(), phase_id, _entered(), refs, rehearsal=not sure)
    except InvalidMany as refusal:
        _keep_drafts(phase_id, refusal)
        return _page(phase_id, refusal), 422
    except (TooLate, WrongState) as refusal:
        return _page(phase_id, refusal), 409
    if not sure:
        shown = piles.own_scores(db.session, actor(), phase_id)
        chosen = [row for row in shown.open if only in (None, row.ref)]
        return render_template("judge/confirm_all.html", shown=shown, chosen=chosen, only=only)
    if count:
        flash(ngettext("%(num)d scorecard locked.", "%(num)d scorecards locked.", count))
    return redirect(url_for("judge.own_scores", phase_id=phase_id))


def _codes(shown: Comparison) -> str:
    return ", ".join(line.code for line in shown.undeclared)


def _keep_drafts(phase_id: int, refusal: InvalidMany) -> None:
    """Cards that only lack scores are kept as drafts, so that nothing typed is lost with the lock."""
    if all(fault.code == "score_missing" for fault in refusal.faults):
        with writing() as session:
            tables.save(session, actor(), phase_id, _entered())


def _entered() -> dict[str, Entered]:
    """What was typed, by assignment: fields are named `ref:score-7`, what they showed before `seen-ref:…`."""
    parts: dict[str, dict[str, str]] = {}
    for name, text in request.form.items():
        seen = SEEN if name.startswith(SEEN) else ""
        ref, colon, field = name.removeprefix(SEEN).partition(":")
        if colon and field.startswith(SCORE):
            parts.setdefault(ref, {})[f"{seen}{field}"] = text
    return {ref: forms.entered(fields) for ref, fields in parts.items()}


def _page(phase_id: int, refusal: Refused | None = None) -> str:
    """The table; after a refusal with what was typed, and what is wrong by entry."""
    shown = piles.own_scores(db.session, actor(), phase_id)
    g.page_now = shown.place.now
    typed = {name: text for name, text in request.form.items() if ":" in name} if refusal else {}
    seen = {**shown.texts, **{n.removeprefix(SEEN): t for n, t in typed.items() if n.startswith(SEEN)}}
    faults: dict[str, str] = {}
    for fault in refusal.faults if isinstance(refusal, InvalidMany) else ():
        faults[fault.field] = words.say(fault)
        if "stored" in fault.params:  # it has been shown now, so that the next save decides
            seen[fault.field] = str(fault.params["stored"])
    return render_template(
        "judge/scores.html",
        shown=shown,
        typed=typed,
        seen={name: text for name, text in seen.items() if name in shown.texts},
        faults=faults,
        listed=_by_entry(shown, faults),
        message=words.say(refusal) if refusal is not None else None,
        reader_id=actor().user_id,
    )


def _by_entry(shown: Comparison, faults: Mapping[str, str]) -> list[tuple[str, str, list[tuple[Any, str]]]]:
    """What is wrong, by entry: ref, code, and each criterion with its words."""
    found = []
    for row in shown.rows:
        names = {f"{row.ref}:{SCORE}{each.id}": each for each in shown.criteria}
        mine = [(each, faults[name]) for name, each in names.items() if name in faults]
        if mine:
            found.append((row.ref, row.code, mine))
    return found
