"""Comparing two by two: the pair at hand side by side, one press for the better one."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import comparing
from challenge.rules.errors import Invalid, Refused, TooLate, WrongState
from challenge.rules.permissions import Action
from challenge.web import words
from challenge.web.judge.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "pair": {"GET": Action.PHASE_JUDGE, "POST": Action.PHASE_JUDGE},
}


@blueprint.route("/phases/<int:phase_id>/pair", methods=["GET", "POST"])
def pair(phase_id: int) -> ResponseReturnValue:
    """Two entries: which is better, or why it cannot be said."""
    if request.method == "GET":
        return _page(phase_id)
    ref, choice = request.form.get("pair", ""), request.form.get("choice", "")
    try:
        with writing() as session:
            if ref:
                reason = request.form.get("reason", "")
                comparing.choose(session, actor(), phase_id, ref, choice, reason)
            else:
                comparing.deal(session, actor(), phase_id)
    except (Invalid, TooLate, WrongState) as refusal:
        return _page(phase_id, refusal), 422 if isinstance(refusal, Invalid) else 409
    return redirect(url_for("judge.pair", phase_id=phase_id))


def _page(phase_id: int, refusal: Refused | None = None) -> str:
    shown = comparing.table(db.session, actor(), phase_id)
    g.page_now = shown.seat.now
    message = words.say(refusal) if refusal is not None else None
    return render_template("judge/pair.html", shown=shown, message=message)
