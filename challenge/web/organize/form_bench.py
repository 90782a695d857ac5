"""The form builder: sections and fields as they stand on the bench, and the steps that change them.

Every button is a step of its own, so that the page works without a script; js/builder.js takes the same steps
without leaving the page, and lets fields be dragged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules import formedit, formfaults
from challenge.rules.errors import WrongState
from challenge.rules.formspec import KINDS, Spec, Words
from challenge.rules.permissions import Action, can
from challenge.submissions import forms, formversions
from challenge.submissions.forms import Bench
from challenge.web import words
from challenge.web.context import page_now
from challenge.web.organize import form_wording as wording
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "form": {"GET": Action.ROUND_CONTROL},
    "form_step": {"POST": Action.FORM_EDIT},
    "form_discard": {"POST": Action.FORM_EDIT},
}
# Kinds that are added as often as wanted; the known fields are offered by themselves while they are missing.
FREE = tuple(kind for kind in KINDS if kind not in formfaults.FIXED)
Taken = set[str]
Step = Callable[[Spec, str, Taken], Spec]

STEPS: Mapping[str, Step] = {
    "up": lambda spec, key, _taken: formedit.step(spec, key, -1),
    "down": lambda spec, key, _taken: formedit.step(spec, key, 1),
    "copy": lambda spec, key, taken: formedit.duplicate(spec, key, taken)[0],
    "remove": lambda spec, key, _taken: formedit.remove(spec, key),
    "section-up": lambda spec, key, _taken: formedit.step_section(spec, key, -1),
    "section-down": lambda spec, key, _taken: formedit.step_section(spec, key, 1),
    "section-copy": formedit.duplicate_section,
    "section-remove": lambda spec, key, _taken: formedit.remove_section(spec, key),
}


@blueprint.get("/rounds/<slug>/form")
def form(slug: str) -> ResponseReturnValue:
    """The form on the bench, to build while it may be built and to read afterwards."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    return page(round_, forms.bench(db.session, round_, page_now()))


def page(round_: Round, bench: Bench) -> str:
    """The builder's page."""
    return draw(
        "organize/form.html",
        round_,
        here="form",
        bench=bench,
        spec=bench.spec,
        faults=wording.told(bench.spec, bench.faults),
        builds=may_build(round_),
        kinds=[(kind, str(wording.KINDS[kind])) for kind in FREE],
        presets=formedit.missing_presets(bench.spec),
        described=wording.described,
        fixed=formfaults.FIXED,
    )


def may_build(round_: Round) -> bool:
    """Whether the reader may change the form now."""
    return can(actor(), Action.FORM_EDIT, rounds.subject_of(round_, page_now()))


@blueprint.post("/rounds/<slug>/form")
def form_step(slug: str) -> ResponseReturnValue:
    """Take one step: `do` says which, and with what."""
    round_ = enter(slug, Action.FORM_EDIT)
    verb, _colon, key = request.form.get("do", "").partition(":")
    used = formversions.keys_used(db.session, round_)
    made: list[str] = []

    def step(spec: Spec) -> Spec:
        if verb == "add":
            spec, new = formedit.add_field(spec, key, request.form.get("kind", ""), used)
            made.append(new)
            return spec
        if verb == "section-add":
            title = Words(
                *(request.form.get(f"title_{lang}", "").strip()[:200] or None for lang in ("zh", "en"))
            )
            return formedit.add_section(spec, title) if title else spec
        if verb == "kind":
            return formedit.change_kind(spec, key, request.form.get("kind", ""))
        if verb == "move":
            place = request.form.get("place", "", type=str)
            number = int(place) if place.isdecimal() and len(place) < 4 else 0
            return formedit.move(spec, key, request.form.get("section", ""), number)
        return STEPS[verb](spec, key, used) if verb in STEPS else spec

    if not take(round_, step):
        return redirect(url_for("organize.form", slug=slug))
    if made and made[-1]:
        return redirect(url_for("organize.form_field", slug=slug, key=made[-1]))
    if verb == "kind":
        return redirect(url_for("organize.form_field", slug=slug, key=key))
    return redirect(url_for("organize.form", slug=slug, _anchor=f"at-{key}" if key else None))


def take(round_: Round, step: Callable[[Spec], Spec]) -> bool:
    """Take the step as of the page's mark; False (and said so) where somebody else was there first."""
    mark = request.form.get("mark", "0")
    try:
        with writing() as session:
            number = int(mark) if mark.isdecimal() and len(mark) < 9 else 0
            forms.edit(session, actor(), round_.id, number, step)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
        return False
    return True


@blueprint.post("/rounds/<slug>/form/discard")
def form_discard(slug: str) -> ResponseReturnValue:
    """Give up what is on the bench."""
    round_ = enter(slug, Action.FORM_EDIT)
    with writing() as session:
        forms.discard(session, actor(), round_.id)
    flash(_("Given up. The published form stands as it was."))
    return redirect(url_for("organize.form", slug=slug))
