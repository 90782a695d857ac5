"""Putting the form in force: looked over with all that follows from it; its versions; how solvers see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.flow import previews
from challenge.messages.form_changes import sentence
from challenge.rounds.models import Round
from challenge.rules import localtime
from challenge.rules.errors import Invalid, InvalidMany, NotFound, Refused
from challenge.rules.formchange import Change, changes
from challenge.rules.permissions import Action
from challenge.rules.stages import Stage
from challenge.submissions import asking, forms, formversions
from challenge.submissions.formversions import KEEP, Decision, Plan
from challenge.submissions.models import SubmissionForm
from challenge.web import asked
from challenge.web import forms as shapes
from challenge.web.context import page_now
from challenge.web.moments import local
from challenge.web.organize import form_wording as wording
from challenge.web.organize.form_inputs import ForceForm
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.organize.wording import told_words

ROUTES: dict[str, dict[str, Action]] = {
    "form_force": {"GET": Action.FORM_EDIT, "POST": Action.FORM_EDIT},
    "form_versions": {"GET": Action.ROUND_CONTROL},
    "form_preview": {"GET": Action.ROUND_CONTROL},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One difference as it is shown."""

    text: str
    more: bool


def lines_of(found: list[Change]) -> list[Line]:
    """Differences in words."""
    return [Line(sentence(change), change.more) for change in found]


@blueprint.route("/rounds/<slug>/form/publish", methods=["GET", "POST"])
def form_force(slug: str) -> ResponseReturnValue:
    """Look over what changes and for whom, then put it in force."""
    round_ = enter(slug, Action.FORM_EDIT)
    form = ForceForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                said = _decision(form, round_)
                formversions.put_in_force(session, actor(), round_.id, form.digest.data or "", said)
        except Refused as refusal:
            _show(form, refusal)
            round_ = enter(slug, Action.FORM_EDIT)
        else:
            flash(_("The form is published."))
            return redirect(url_for("organize.form", slug=slug))
    plan = formversions.plan(db.session, round_, page_now())
    if not form.is_submitted():
        form.closes_at.process_data(local(_closes_at(round_), round_.zone))
        if not plan.bench.changed:
            return redirect(url_for("organize.form", slug=slug))
    form.digest.data = plan.digest
    return _force_page(round_, form, plan), 422 if form.errors else 200


def _force_page(round_: Round, form: ForceForm, plan: Plan) -> str:
    told = previews.told(db.session, "form.changed", round_.id) if plan.bench.opened else []
    return draw(
        "organize/form_force.html",
        round_,
        here="form",
        form=form,
        plan=plan,
        faults=wording.told(plan.spec, plan.faults),
        lines=lines_of(plan.changes),
        told=told_words(told),
    )


def _show(form: ForceForm, refusal: Refused) -> None:
    """Faults of the form itself are told by the plan anew; those of the decision stand at their inputs."""
    faults = refusal.faults if isinstance(refusal, InvalidMany) else (refusal,)
    for fault in faults:
        if isinstance(fault, Invalid) and fault.field.startswith("sections"):
            text = _("It was not published. What is against it stands below.")
            if text not in form.form_errors:
                form.form_errors.append(text)
        else:
            if isinstance(fault, Invalid) and fault.field == "reason":
                fault.field = "note"
            shapes.show(form, fault)


def _decision(form: ForceForm, round_: Round) -> Decision:
    close: dt.datetime | str | None = None
    if form.close.data == "keep":
        close = KEEP
    elif form.close.data == "extend":
        close = localtime.instant("closes_at", form.closes_at.data or "", ZoneInfo(round_.zone))
    return Decision(form.note.data or "", close)


def _closes_at(round_: Round) -> dt.datetime | None:
    return next((row.closes_at for row in round_.windows if row.stage == Stage.SUBMISSION), None)


@dataclass(frozen=True, slots=True)
class Edition:
    """A version with what it changed against the one before."""

    row: SubmissionForm
    lines: list[Line]


@blueprint.get("/rounds/<slug>/form/versions")
def form_versions(slug: str) -> ResponseReturnValue:
    """Every version, with what it changed."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    rows = list(formversions.versions(db.session, round_.id))
    specs = [asking.stored(row).spec for row in rows] + [asking.usual(forms.with_requirements(round_)).spec]
    editions = [Edition(row, lines_of(changes(specs[n + 1], specs[n]))) for n, row in enumerate(rows)]
    return draw("organize/form_versions.html", round_, here="form", editions=editions)


@blueprint.get("/rounds/<slug>/form/preview")
def form_preview(slug: str) -> ResponseReturnValue:
    """The form as solvers see it: the bench's, or a version's."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    number = request.args.get("version", type=int)
    if number is None:
        spec = forms.bench(db.session, round_, page_now()).spec
    else:
        stored = asking.of_round(db.session, round_.id, forms.with_requirements(round_), number)
        if stored.version != number:
            raise NotFound
        spec = stored.spec
    return draw(
        "organize/form_preview.html",
        round_,
        here="form",
        form=asked.preview_form(spec, currency=round_.currency),
        number=number,
    )
