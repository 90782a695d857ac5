"""One field and one section of the form on the bench, with everything that is said about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds.models import Round
from challenge.rules import formedit, formfaults
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.formspec import Field, Section, Spec
from challenge.rules.permissions import Action
from challenge.submissions import forms, formversions
from challenge.submissions.forms import Bench
from challenge.web import asked
from challenge.web import forms as shapes
from challenge.web.context import page_now
from challenge.web.organize import form_wording as wording
from challenge.web.organize.form_bench import FREE
from challenge.web.organize.form_inputs import FieldForm, SectionForm, place_in_form
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "form_field": {"GET": Action.FORM_EDIT, "POST": Action.FORM_EDIT},
    "form_section": {"GET": Action.FORM_EDIT, "POST": Action.FORM_EDIT},
}


@blueprint.route("/rounds/<slug>/form/fields/<key>", methods=["GET", "POST"])
def form_field(slug: str, key: str) -> ResponseReturnValue:
    """Write one field: what it asks, its limits, for whom."""
    round_, bench = _bench(slug)
    known = bench.spec.get(key)
    if known is None:
        raise NotFound
    form = FieldForm(bench.spec, known)
    turned = form.is_submitted() and form.turn_rows(request.form.get("add"), request.form.get("remove"))
    if not turned and form.validate_on_submit():
        try:
            new = form.field(formversions.keys_used(db.session, round_))
            _save(round_, form, _replacing(known, new), _own_faults(bench.spec, known, new))
        except (Invalid, InvalidMany, WrongState) as refusal:
            shapes.show(form, refusal)
            round_, bench = _bench(slug)
        else:
            flash(_("Kept. Solvers see it once you publish the form."))
            return redirect(url_for("organize.form", slug=slug, _anchor=f"at-{new.key}"))
    if not form.is_submitted() or form.form_errors:
        form.mark.data = str(bench.mark)
    return _field_page(round_, bench, form, bench.spec.get(key) or known), 422 if form.errors else 200


def _field_page(round_: Round, bench: Bench, form: FieldForm, field: Field) -> str:
    return draw(
        "organize/form_field.html",
        round_,
        here="form",
        form=form,
        bench=bench,
        field_=field,
        kinds=[(kind, str(wording.KINDS[kind])) for kind in FREE]
        if field.key not in formfaults.FIXED
        else [],
        limited=bool(formfaults.PARTS[field.kind]),
        kind_word=wording.KINDS[field.kind],
        most=formfaults.ceiling(field),
        sample=asked.preview_form(
            Spec((Section("sample", field.label, fields=(replace(field, shown_if=None),)),)),
            currency=round_.currency,
        ),
    )


def _replacing(known: Field, new: Field) -> Callable[[Spec], Spec]:
    """The step: on a bench where it was taken already the field has its new key."""

    def step(stored: Spec) -> Spec:
        if stored.get(known.key) is None and stored.get(new.key) == new:
            return stored
        return formedit.set_field(stored, known.key, new)

    return step


def _own_faults(spec: Spec, known: Field, new: Field) -> list[Invalid]:
    """The faults of this field alone, each at its input."""
    after = formedit.set_field(spec, known.key, new)
    found = []
    for fault in formfaults.faults(after):
        _section, field, parts = formfaults.named(after, fault.field)
        if field is new:
            found.append(Invalid(place_in_form(parts), fault.code, **fault.params))
    return found


@blueprint.route("/rounds/<slug>/form/sections/<key>", methods=["GET", "POST"])
def form_section(slug: str, key: str) -> ResponseReturnValue:
    """Write a section's heading and help."""
    round_, bench = _bench(slug)
    section = next((each for each in bench.spec.sections if each.key == key), None)
    if section is None:
        raise NotFound
    form = SectionForm(data=_said(section))
    if form.validate_on_submit():
        title, help_ = form.words("title"), form.words("help")
        after = formedit.set_section(bench.spec, key, title, help_)
        faults = [
            Invalid(place_in_form(parts), fault.code, **fault.params)
            for fault in formfaults.faults(after)
            for at, field, parts in [formfaults.named(after, fault.field)]
            if field is None and at is not None and at.key == key and parts[0] in ("title", "help")
        ]
        try:
            _save(round_, form, lambda spec: formedit.set_section(spec, key, title, help_), faults)
        except (InvalidMany, WrongState) as refusal:
            shapes.show(form, refusal)
            round_, bench = _bench(slug)
        else:
            return redirect(url_for("organize.form", slug=slug, _anchor=f"at-{key}"))
    if not form.is_submitted() or form.form_errors:
        form.mark.data = str(bench.mark)
    page = draw("organize/form_section.html", round_, here="form", form=form, section=section)
    return page, 422 if form.errors else 200


def _said(section: Section) -> dict[str, Any]:
    texts = (("title", section.title), ("help", section.help))
    return {f"{name}_{lang}": getattr(said, lang) for name, said in texts for lang in ("zh", "en")}


def _bench(slug: str) -> tuple[Round, Bench]:
    round_ = enter(slug, Action.FORM_EDIT)
    return round_, forms.bench(db.session, round_, page_now())


def _save(round_: Round, form: FlaskForm, step: Callable[[Spec], Spec], faults: list[Invalid]) -> None:
    """Take the step as of the page's mark, unless something is wrong with it by itself."""
    if faults:
        raise InvalidMany(faults)
    mark = str(form["mark"].data or "0")
    with writing() as session:
        number = int(mark) if mark.isdecimal() and len(mark) < 9 else 0
        forms.edit(session, actor(), round_.id, number, step)
