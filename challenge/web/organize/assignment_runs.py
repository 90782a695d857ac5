"""The search for the best assignment: asked for, applied, put aside; pairs pinned."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.base.db import writing
from challenge.base.session import actor
from challenge.judging import assigning, runs
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action
from challenge.web import forms
from challenge.web.organize.assignment_forms import SearchForm
from challenge.web.organize.assignments import matrix_page
from challenge.web.organize.room import blueprint, enter, phase_number

ROUTES: dict[str, dict[str, Action]] = {
    "search_assignment": {"POST": Action.JUDGE_ASSIGN},
    "leave_assignment": {"POST": Action.JUDGE_ASSIGN},
    "assign_proposed": {"POST": Action.JUDGE_ASSIGN},
    "pin_assignment": {"POST": Action.JUDGE_ASSIGN},
}


@blueprint.post("/rounds/<slug>/assignments/search")
def search_assignment(slug: str) -> ResponseReturnValue:
    """Have the best assignment searched; the page shows how far it is."""
    round_ = enter(slug, Action.JUDGE_ASSIGN)
    form = SearchForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                runs.ask(session, actor(), round_.id, form.options(), phase_number())
        except InvalidMany as refusal:
            forms.show(form, refusal)
        else:
            return redirect(url_for("organize.assignments", slug=slug, _anchor="run"))
    return matrix_page(enter(slug, Action.JUDGE_ASSIGN), form=form), 422


@blueprint.post("/rounds/<slug>/assignments/aside")
def leave_assignment(slug: str) -> ResponseReturnValue:
    """Put the search or its proposal aside."""
    round_ = enter(slug, Action.JUDGE_ASSIGN)
    with writing() as session:
        runs.leave(session, actor(), round_.id, phase_number())
    return redirect(url_for("organize.assignments", slug=slug))


@blueprint.post("/rounds/<slug>/assignments/proposed")
def assign_proposed(slug: str) -> ResponseReturnValue:
    """Assign exactly what the proposal showed."""
    round_ = enter(slug, Action.JUDGE_ASSIGN)
    digest, reason = request.form.get("digest", ""), request.form.get("reason", "")
    try:
        with writing() as session:
            count = runs.apply(session, actor(), round_.id, digest, reason, phase_number())
    except (Invalid, WrongState) as refusal:
        return matrix_page(enter(slug, Action.JUDGE_ASSIGN), refusal), refusal.status
    if count:
        flash(ngettext("%(num)d assignment made.", "%(num)d assignments made.", count))
    return redirect(url_for("organize.assignments", slug=slug))


@blueprint.post("/rounds/<slug>/assignments/<ref>/pin")
def pin_assignment(slug: str, ref: str) -> ResponseReturnValue:
    """Pin a pair, or let it be moved again."""
    round_ = enter(slug, Action.JUDGE_ASSIGN)
    pinned = request.form.get("pinned") == "1"
    try:
        with writing() as session:
            assigning.pin(session, actor(), ref, pinned=pinned, round_id=round_.id)
    except WrongState as refusal:
        return matrix_page(enter(slug, Action.JUDGE_ASSIGN), refusal), refusal.status
    flash(_("Pinned: a new search leaves it as it is.") if pinned else _("A new search may move it."))
    return redirect(url_for("organize.assignment", slug=slug, ref=ref))
