"""A judge's ballot of a phase with ranked choice: an order of the entries, kept as a draft, then locked."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import ballots
from challenge.rules.errors import Invalid, InvalidMany, Refused, TooLate, WrongState
from challenge.rules.permissions import Action
from challenge.web import words
from challenge.web.judge.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "ballot": {"GET": Action.PHASE_JUDGE, "POST": Action.PHASE_JUDGE},
}
PLACE = "place-"


@blueprint.route("/phases/<int:phase_id>/ballot", methods=["GET", "POST"])
def ballot(phase_id: int) -> ResponseReturnValue:
    """My order of the entries: saved as often as I like, locked once."""
    if request.method == "GET":
        return _page(phase_id)
    places = {name.removeprefix(PLACE): text for name, text in request.form.items() if name.startswith(PLACE)}
    locking = request.form.get("act") == "lock"
    act = ballots.lock if locking else ballots.save
    try:
        with writing() as session:
            act(session, actor(), phase_id, places)
    except (Invalid, InvalidMany, TooLate, WrongState) as refusal:
        late = isinstance(refusal, TooLate | WrongState)
        return _page(phase_id, places, refusal), 409 if late else 422
    flash(_("Locked. Your order counts now.") if locking else _("Saved."))
    return redirect(url_for("judge.ballot", phase_id=phase_id))


def _page(phase_id: int, typed: dict[str, str] | None = None, refusal: Refused | None = None) -> str:
    shown = ballots.sheet(db.session, actor(), phase_id)
    g.page_now = shown.seat.now
    faults = {}
    if isinstance(refusal, InvalidMany):
        faults = {fault.field.removeprefix(PLACE): words.say(fault) for fault in refusal.faults}
    return render_template(
        "judge/ballot.html",
        shown=shown,
        typed=typed,
        faults=faults,
        message=words.say(refusal) if refusal is not None else None,
    )
