"""One of my requirements: both its faces, where it stands, handing in, withdrawing."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import (
    attachments,
    diagnosis_reads,
    drafting,
    facts,
    need_prints,
    on_behalf,
    proposing,
    queries,
    questions,
    versions,
)
from challenge.requirements.models import Requirement
from challenge.rounds.tracks import track
from challenge.rules.errors import Invalid, InvalidMany, TooLate, WrongState
from challenge.rules.lifecycles import REQUIREMENT
from challenge.rules.permissions import Action, can
from challenge.web import forms, words
from challenge.web.context import page_now
from challenge.web.faces import face_of
from challenge.web.seek import changes
from challenge.web.seek.editing import page_with_faults
from challenge.web.seek.forms import ReasonForm
from challenge.web.seek.room import blueprint, enter, enter_step

ROUTES: dict[str, dict[str, Action]] = {
    "requirement": {"GET": Action.REQUIREMENT_READ_CONFIDENTIAL},
    "submit": {"GET": Action.REQUIREMENT_SUBMIT, "POST": Action.REQUIREMENT_SUBMIT},
    "withdraw": {"GET": Action.REQUIREMENT_WITHDRAW, "POST": Action.REQUIREMENT_WITHDRAW},
}


@blueprint.get("/requirements/<ref>")
def requirement(ref: str) -> ResponseReturnValue:
    """Where it stands, what is missing, what everyone reads and what nobody does, its questions."""
    found = enter(ref, Action.REQUIREMENT_READ_CONFIDENTIAL)
    open_draft = REQUIREMENT.allows(found.state, "submit")
    published = found.state in facts.PUBLIC_STATES
    answered = questions.of_requirement(db.session, found.id, answered=True) if published else []
    return _page(
        "seek/requirement.html",
        found,
        missing=drafting.missing(db.session, found) if open_draft else [],
        open_draft=open_draft,
        published=published,
        behalf=on_behalf.standing(db.session, found),
        paper=need_prints.standing(db.session, need_prints.of(found, str(i18n.current_locale()))),
        subject=facts.subject_of(found, page_now()),
        shared=diagnosis_reads.shared(db.session, found.id),
        waiting=questions.of_requirement(db.session, found.id, answered=False) if published else [],
        answered=answered,
        earlier=versions.corrections(db.session, [each.id for each in answered if each.corrected_at]),
        **_changing(found),
    )


def _changing(found: Requirement) -> dict[str, object]:
    """The open change of the reader's side, and why nothing can be changed (any more)."""
    nothing: dict[str, object] = {"may_change": False, "change": None, "change_closed": None}
    if found.state != "published":
        return nothing
    subject = facts.screening_subject(db.session, found, page_now())
    if not can(actor(), Action.REQUIREMENT_CHANGE, subject):
        return nothing
    refusal = changes.closed(found)
    return {
        "may_change": refusal is None,
        "change": changes.mine(found, proposing.side_of(actor(), subject)),
        "change_closed": words.say(refusal) if refusal is not None else None,
    }


def _page(template: str, found: Requirement, **values: object) -> str:
    files = attachments.listed(db.session, found.id)
    return render_template(
        template,
        requirement=found,
        face=face_of(found),
        closed=queries.closed_part(db.session, found.id),
        public_files=[each for each in files if not each.confidential],
        confidential_files=[each for each in files if each.confidential],
        view=track(found.round, page_now()),
        **values,
    )


@blueprint.route("/requirements/<ref>/submit", methods=["GET", "POST"])
def submit(ref: str) -> ResponseReturnValue:
    """Read it once more, then hand it in."""
    if request.method == "POST":
        return _hand_in(ref)
    found, possible = enter_step(ref, Action.REQUIREMENT_SUBMIT, "submit")
    if not possible:
        return redirect(url_for("seek.requirement", ref=ref))
    missing = drafting.missing(db.session, found)
    return page_with_faults(found, InvalidMany(missing)) if missing else _page("seek/submit.html", found)


def _hand_in(ref: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            drafting.submit(session, actor(), ref)
    except InvalidMany as refusal:
        return page_with_faults(queries.by_ref(db.session, ref), refusal)
    except (TooLate, WrongState) as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Handed in. The organizer reads it; you get a letter."))
    return redirect(url_for("seek.requirement", ref=ref))


@blueprint.route("/requirements/<ref>/withdraw", methods=["GET", "POST"])
def withdraw(ref: str) -> ResponseReturnValue:
    """Take it back, after a question."""
    found, possible = enter_step(ref, Action.REQUIREMENT_WITHDRAW, "withdraw")
    if not possible:
        return redirect(url_for("seek.requirement", ref=ref))
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                drafting.withdraw(session, actor(), ref, form.reason.data or "")
        except (Invalid, TooLate) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Withdrawn."))
            return redirect(url_for("seek.requirement", ref=ref))
    answer = _page("seek/withdraw.html", queries.by_ref(db.session, ref) if form.errors else found, form=form)
    return answer, 422 if form.errors or form.form_errors else 200
