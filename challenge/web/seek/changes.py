"""Change a published need: written beside what everyone reads, looked over, handed to the organizer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.messages.need_changes import because
from challenge.requirements import change_reads, facts, proposing, queries, questions, versions
from challenge.requirements.content import MOST_INDICATORS
from challenge.requirements.models import Requirement
from challenge.requirements.proposing import Written
from challenge.requirements.questions import QuestionRow
from challenge.requirements.version_models import RequirementChange
from challenge.rounds.gate import Gate
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import Invalid, InvalidMany, NotFound, Refused, TooLate, WrongState
from challenge.rules.permissions import Action, require
from challenge.rules.stages import Stage
from challenge.web import forms, need_changes, words
from challenge.web.context import page_now
from challenge.web.faces import title_of
from challenge.web.seek.forms import RequirementForm, data_of
from challenge.web.seek.room import blueprint, enter

ROUTES: dict[str, dict[str, Action]] = {
    "change": {"GET": Action.REQUIREMENT_CHANGE, "POST": Action.REQUIREMENT_CHANGE},
    "review_change": {"GET": Action.REQUIREMENT_CHANGE, "POST": Action.REQUIREMENT_CHANGE},
    "drop_change": {"POST": Action.REQUIREMENT_CHANGE},
    "versions": {"GET": Action.REQUIREMENT_READ_CONFIDENTIAL},
}


class ChangeForm(RequirementForm):
    """The whole need as it should stand, with what changed and why."""

    note = TextAreaField(_l("What changed and why"), render_kw={"maxlength": proposing.NOTE, "rows": 3})
    questions = SelectMultipleField(
        _l("Questions that led to it"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )

    def offer(self, asked: Sequence[QuestionRow]) -> None:
        """The questions on this need."""
        self.questions.choices = [(each.ref, each.body) for each in asked]


def _enter(ref: str) -> tuple[Requirement, str]:
    """The need of a page of its change, and the side for which the actor writes."""
    requirement = queries.by_ref(db.session, ref)
    subject = facts.screening_subject(db.session, requirement, page_now())
    require(actor(), Action.REQUIREMENT_CHANGE, subject)
    return requirement, proposing.side_of(actor(), subject)


def closed(requirement: Requirement) -> TooLate | WrongState | None:
    """Why nothing of it can be changed any more; None while it can."""
    gate = Gate(requirement.round, windows_of(requirement.round), page_now())
    try:
        proposing.check_time(gate, requirement)
    except (TooLate, WrongState) as refusal:
        return refusal
    return None


def mine(requirement: Requirement, side: str) -> RequirementChange | None:
    """The open change of this side."""
    return next(iter(change_reads.of_need(db.session, requirement.id, side)), None)


@blueprint.route("/requirements/<ref>/change", methods=["GET", "POST"])
def change(ref: str) -> ResponseReturnValue:
    """Write the change; save it as it is, or go on to look it over."""
    requirement, side = _enter(ref)
    refusal = closed(requirement)
    if refusal is not None:
        flash(words.say(refusal), "error")
        return redirect(url_for("seek.requirement", ref=ref))
    known = mine(requirement, side)
    if known is not None and known.state == "submitted":
        return redirect(url_for("seek.review_change", ref=ref))
    asked = _asked(requirement)
    if request.method == "GET":
        return _page(requirement, _stored(requirement, known, asked), known)
    form = ChangeForm(currency=requirement.currency)
    form.offer(asked)
    add, remove = request.form.get("add"), request.form.get("remove")
    if add is not None or remove is not None:
        form.turn_rows(add, remove)
        return _page(requirement, form, known)
    if form.validate_on_submit():
        try:
            _save(form, requirement)
        except (Invalid, InvalidMany, TooLate, WrongState) as refused:
            forms.show(form, refused)
            requirement, side = _enter(ref)
            known = mine(requirement, side)
        else:
            return _saved(ref, go_on=request.form.get("next") == "submit")
    return _page(requirement, form, known)


def _asked(requirement: Requirement) -> list[QuestionRow]:
    waiting = questions.of_requirement(db.session, requirement.id, answered=False)
    return waiting + questions.of_requirement(db.session, requirement.id, answered=True)


def _stored(
    requirement: Requirement, known: RequirementChange | None, asked: Sequence[QuestionRow]
) -> ChangeForm:
    content = proposing.content_of(known) if known else proposing.in_force(db.session, requirement)
    seen = known.updated_at if known else None
    data = data_of(content, seen, ZoneInfo(requirement.round.zone))
    ids = set(known.question_ids) if known else set()
    data |= {
        "note": known.note if known else "",
        "questions": [each.ref for each in asked if each.id in ids],
    }
    form = ChangeForm(formdata=None, currency=content.currency, data=data)
    form.offer(asked)
    return form


def _save(form: ChangeForm, requirement: Requirement) -> None:
    content = form.content(ZoneInfo(requirement.round.zone))
    said = Written(content, form.note.data or "", form.questions.data or ())
    with writing() as session:
        proposing.save(session, actor(), requirement.ref, said, seen=forms.seen(form))


def _saved(ref: str, *, go_on: bool) -> ResponseReturnValue:
    if go_on:
        return redirect(url_for("seek.review_change", ref=ref))
    flash(_("The change is saved. Nobody else reads it yet."))
    return redirect(url_for("seek.requirement", ref=ref))


def _page(
    requirement: Requirement, form: ChangeForm, known: RequirementChange | None, **values: Any
) -> ResponseReturnValue:
    answer = render_template(
        "seek/change.html",
        form=form,
        requirement=requirement,
        change=known,
        title=title_of(requirement),
        most_rows=MOST_INDICATORS,
        window=windows_of(requirement.round).get(Stage.SUBMISSION),
        hints=[],
        **values,
    )
    return answer, 422 if form.errors or form.form_errors else 200


@blueprint.route("/requirements/<ref>/change/review", methods=["GET", "POST"])
def review_change(ref: str) -> ResponseReturnValue:
    """Look over what would change and what follows from it, then hand it in."""
    requirement, side = _enter(ref)
    if request.method == "POST":
        return _hand_in(ref)
    known = mine(requirement, side)
    if known is None:
        return redirect(url_for("seek.change", ref=ref))
    before, after = proposing.in_force(db.session, requirement), proposing.content_of(known)
    differing = proposing.compared(before, after)
    said = (before.confidential_part, after.confidential_part) if differing.secret else ("", "")
    return render_template(
        "seek/change_review.html",
        requirement=requirement,
        change=known,
        title=title_of(requirement),
        sheet=need_changes.sheet_of(
            differing.change, known.content, requirement.round.zone, secret=differing.secret, said=said
        ),
        contact=differing.contact,
        why=because(differing.change.reasons()),
        open=closed(requirement) is None,
    )


def _hand_in(ref: str) -> ResponseReturnValue:
    try:
        with writing() as session:
            proposing.hand_in(session, actor(), ref)
    except (Invalid, InvalidMany) as refusal:
        return _with_faults(ref, refusal)
    except (TooLate, WrongState) as refusal:
        flash(words.say(refusal), "error")
        return redirect(url_for("seek.review_change", ref=ref))
    flash(_("Handed in. The organizer decides; you get a letter."))
    return redirect(url_for("seek.requirement", ref=ref))


def _with_faults(ref: str, refusal: Refused) -> ResponseReturnValue:
    """The saved form with what keeps it from being handed in, each at its field."""
    requirement, side = _enter(ref)
    known = mine(requirement, side)
    if known is None:
        raise NotFound
    form = _stored(requirement, known, _asked(requirement))
    forms.show(form, refusal)
    kept = _("The change is saved. It can be handed in once these are right.")
    return _page(requirement, form, known, kept=kept)


@blueprint.post("/requirements/<ref>/change/drop")
def drop_change(ref: str) -> ResponseReturnValue:
    """Give the open change up."""
    with writing() as session:
        proposing.drop(session, actor(), ref)
    flash(_("The change is given up. The published need is as it was."))
    return redirect(url_for("seek.requirement", ref=ref))


@blueprint.get("/requirements/<ref>/versions", endpoint="versions")
def all_versions(ref: str) -> ResponseReturnValue:
    """Every version with what it changed in the confidential part, too."""
    requirement = enter(ref, Action.REQUIREMENT_READ_CONFIDENTIAL)
    rows = versions.with_secrets(db.session, requirement.id)
    steps = versions.steps(rows, versions.named(db.session, rows, everyone=False))
    return render_template(
        "seek/versions.html",
        requirement=requirement,
        title=title_of(requirement),
        public=requirement.state in facts.PUBLIC_STATES,
        editions=need_changes.editions(steps, requirement.round.zone, secrets=True),
    )
