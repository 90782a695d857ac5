"""The organizer's rubric and method: what is scored and how it counts, until judging opens."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import writing
from challenge.base.session import actor
from challenge.judging import rubric, turns
from challenge.judging.criteria import DEFAULT, MOST_CRITERIA
from challenge.judging.models import Criterion, Phase
from challenge.rounds.models import Round
from challenge.rules import scoring
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, can
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.organize.judging_forms import MethodForm, RubricForm
from challenge.web.organize.room import blueprint, draw, enter_phase, phase_number

ROUTES: dict[str, dict[str, Action]] = {
    "rubric": {"GET": Action.ROUND_CONTROL},
    "edit_rubric": {"POST": Action.RUBRIC_EDIT},
    "declare_method": {"POST": Action.RUBRIC_EDIT},
}


@blueprint.get("/rounds/<slug>/rubric", endpoint="rubric")
def rubric_page(slug: str) -> ResponseReturnValue:
    """The rubric and the method, to edit until judging opens and to read afterwards."""
    round_, phase = enter_phase(slug, Action.ROUND_CONTROL)
    return _page(round_, phase, _rubric_form(phase), _method_form(phase))


@blueprint.post("/rounds/<slug>/rubric")
def edit_rubric(slug: str) -> ResponseReturnValue:
    """Store the rubric; without a script the buttons of its rows add and remove them."""
    round_, phase = enter_phase(slug, Action.RUBRIC_EDIT)
    form = RubricForm()
    if _rows_changed(form):
        return _page(round_, phase, form, _method_form(phase))
    if form.validate_on_submit():
        try:
            with writing() as session:
                rubric.edit(
                    session, actor(), round_.id, form.drafts(), form.per_entry.data or 0, phase_number()
                )
        except (Invalid, InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Rubric saved. It is published with the round."))
            return redirect(url_for("organize.rubric", slug=slug))
    round_, phase = enter_phase(slug, Action.RUBRIC_EDIT)
    return _page(round_, phase, form, _method_form(phase)), 422


@blueprint.post("/rounds/<slug>/method")
def declare_method(slug: str) -> ResponseReturnValue:
    """Publish the method."""
    round_, phase = enter_phase(slug, Action.RUBRIC_EDIT)
    form = MethodForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                rubric.declare_method(session, actor(), round_.id, form.method(), phase_number())
        except (Invalid, InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Method published."))
            return redirect(url_for("organize.rubric", slug=slug, _anchor="method"))
    round_, phase = enter_phase(slug, Action.RUBRIC_EDIT)
    return _page(round_, phase, _rubric_form(phase), form), 422


def _rubric_form(phase: Phase | None) -> RubricForm:
    form = RubricForm(formdata=None)
    return form.fill(phase) if phase is not None else form.start(DEFAULT)


def _method_form(phase: Phase | None) -> MethodForm:
    method = rubric.method_of(phase) if phase is not None else scoring.Method()
    return MethodForm(formdata=None).fill(method)


def _rows_changed(form: RubricForm) -> bool:
    """Add or remove a row as the buttons ask; whether one of them was pressed."""
    if request.form.get("add") == "criteria" and len(form.criteria) < MOST_CRITERIA:
        form.criteria.append_entry({})
        return True
    name, dash, number = request.form.get("remove", "").rpartition("-")
    if dash and name == "criteria" and number.isdecimal() and int(number) < len(form.criteria.entries):
        rows = [row.data for place, row in enumerate(form.criteria) if place != int(number)]
        while len(form.criteria):
            form.criteria.pop_entry()
        for row in rows:
            form.criteria.append_entry(row)
        return True
    return False


def _page(round_: Round, phase: Phase | None, rubric_form: RubricForm, method_form: MethodForm) -> str:
    subject = turns.subject_of(round_, phase, page_now())
    criteria = phase.criteria if phase is not None else []
    return draw(
        "organize/rubric.html",
        round_,
        here="rubric",
        phase=phase,
        method=rubric.method_of(phase) if phase is not None else scoring.Method(),
        points=_points(criteria),
        rubric_form=rubric_form,
        method_form=method_form,
        editable=can(actor(), Action.RUBRIC_EDIT, subject),
    )


def _points(criteria: Sequence[Criterion]) -> Decimal:
    """What a perfect card is worth."""
    return sum((each.maximum * each.weight for each in criteria), Decimal(0))
