"""Versions beside each other, and the last one standing again after a withdrawal."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import writing
from challenge.base.session import actor
from challenge.rules.errors import WrongState
from challenge.rules.permissions import Action, can
from challenge.submissions import withdrawing
from challenge.web.differences import asked
from challenge.web.entry_lines import refusal_lines
from challenge.web.solve.forms import ConfirmForm
from challenge.web.solve.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "differences": {"GET": Action.SUBMISSION_READ},
    "reinstate": {"GET": Action.SUBMISSION_READ, "POST": Action.SUBMISSION_REINSTATE},
}


@blueprint.get("/<ref>/differences")
def differences(ref: str) -> ResponseReturnValue:
    """What changed between two versions."""
    shown = enter(ref, Action.SUBMISSION_READ)
    return draw("solve/differences.html", shown, **asked(shown.submission))


@blueprint.route("/<ref>/reinstate", methods=["GET", "POST"])
def reinstate(ref: str) -> ResponseReturnValue:
    """Let the last version stand again, after a question that says what of the draft it does not hold."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                withdrawing.reinstate(session, actor(), ref)
        except WrongState as refusal:
            for line in refusal_lines([refusal]):
                flash(line, "error")
        else:
            flash(_("It stands in the round again, as it was submitted."))
        return redirect(url_for("solve.show", ref=ref))
    shown = enter(ref, Action.SUBMISSION_READ)
    last = shown.material.last
    if last is None or not shown.open or not can(actor(), Action.SUBMISSION_REINSTATE, shown.subject):
        return redirect(url_for("solve.show", ref=ref))
    differs = last.digest != shown.answered.digest
    return draw("solve/reinstate.html", shown, form=form, last=last, differs=differs)
