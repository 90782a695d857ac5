"""Handing in: the review of what exactly will be entered, the submit, the withdrawal, the late page."""

from __future__ import annotations

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.awards import feedback
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging.scorecards import JUDGED
from challenge.rules.errors import InvalidMany, TooLate, WrongState
from challenge.rules.permissions import Action, can
from challenge.submissions import queries, reading, submitting, withdrawing
from challenge.submissions.limits import EntryRefused
from challenge.submissions.models import LateArrival
from challenge.web import words
from challenge.web.doors import wants_json
from challenge.web.phase_words import phase_name
from challenge.web.solve import at_close, papers, standing
from challenge.web.solve.forms import ConfirmForm
from challenge.web.solve.naming import named_in
from challenge.web.solve.room import blueprint, draw, enter
from challenge.web.solve.words import parts_of

ROUTES: dict[str, dict[str, Action]] = {
    "show": {"GET": Action.SUBMISSION_READ},
    "review": {"GET": Action.SUBMISSION_READ},
    "submit": {"POST": Action.SUBMISSION_SUBMIT},
    "withdraw": {"GET": Action.SUBMISSION_READ, "POST": Action.SUBMISSION_WITHDRAW},
}


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """One submission: how it stands, what is missing, what was entered, what came too late."""
    shown = enter(ref, Action.SUBMISSION_READ)
    return draw(
        "solve/show.html",
        shown,
        missing=shown.missing,
        versions=queries.versions(db.session, shown.submission.id),
        late=queries.late_arrivals(db.session, shown.submission.id),
        may_edit=can(actor(), Action.SUBMISSION_EDIT, shown.subject),
        may_withdraw=shown.open and can(actor(), Action.SUBMISSION_WITHDRAW, shown.subject),
        feedback=feedback.for_team(db.session, shown.submission.id)
        if shown.submission.state in JUDGED
        else [],
        phase_name=phase_name,
        parts=parts_of(shown.form.spec),
        **standing.values(shown),
        opting=at_close.form_of(shown),
    )


@blueprint.get("/<ref>/review")
def review(ref: str) -> ResponseReturnValue:
    """What exactly will be entered, file by file, and what is still missing for it."""
    shown = enter(ref, Action.SUBMISSION_READ)
    if not can(actor(), Action.SUBMISSION_EDIT, shown.subject):
        return redirect(url_for("solve.show", ref=ref))
    faults = [(fault, words.say(fault)) for fault in shown.missing]
    frozen = shown.frozen
    return draw(
        "solve/review.html",
        shown,
        form=ConfirmForm(),
        faults=faults,
        against=standing.against(shown),
        opting=at_close.form_of(shown),
        names=parts_of(shown.form.spec),
        frozen=frozen,
        named=named_in(shown, frozen),
        parts=reading.parts(shown.form.spec, frozen.content, frozen.manifest, frozen.hidden),
    )


@blueprint.post("/<ref>/submit")
def submit(ref: str) -> ResponseReturnValue:
    """Hand it in. Too late, incomplete or done: each has its page, and nothing half-done remains."""
    try:
        with writing() as session:
            version = submitting.submit(session, actor(), ref, request.form.get("seen"))
        return redirect(url_for("solve.receipt", ref=ref, number=version.number))
    except (InvalidMany, EntryRefused):
        if wants_json():
            raise
        # The review names what is missing or stands against it. It asks anew: the team may have mended it.
        return redirect(url_for("solve.review", ref=ref))
    except WrongState as refusal:
        if wants_json() or refusal.code != "changed_since_review":
            raise
        flash(words.say(refusal), "error")
        return redirect(url_for("solve.review", ref=ref))
    except TooLate as refusal:
        if refusal.code != "window_closed":
            raise
        late = refusal
    with writing() as session:
        arrival = submitting.arrived_late(session, actor(), ref, late)
    return _too_late(ref, arrival, late)


def _too_late(ref: str, arrival: LateArrival, refusal: TooLate) -> ResponseReturnValue:
    if wants_json():
        said = {"code": refusal.code, "message": words.say(refusal), "refusal": arrival.refusal}
        return jsonify(said), refusal.status
    return papers.late_page(enter(ref, Action.SUBMISSION_READ), arrival), refusal.status


@blueprint.route("/<ref>/withdraw", methods=["GET", "POST"])
def withdraw(ref: str) -> ResponseReturnValue:
    """Take it out of the round, after a question; until the close it may be handed in again."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with writing() as session:
            withdrawing.withdraw(session, actor(), ref)
        flash(_("Withdrawn. Until the close you can submit again."))
        return redirect(url_for("solve.show", ref=ref))
    shown = enter(ref, Action.SUBMISSION_READ)
    if not (shown.open and can(actor(), Action.SUBMISSION_WITHDRAW, shown.subject)):
        return redirect(url_for("solve.show", ref=ref))
    return draw("solve/withdraw.html", shown, form=form)
