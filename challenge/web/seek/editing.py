"""The form of a requirement: saved at any time, checked when it is to be handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.sniffing import ACCEPT
from challenge.requirements import attachments, drafting, queries
from challenge.requirements.content import MOST_INDICATORS, read
from challenge.requirements.models import Requirement
from challenge.rounds import themes
from challenge.rounds.models import Theme
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import Invalid, InvalidMany, Refused, WrongState
from challenge.rules.permissions import Action
from challenge.rules.stages import Stage
from challenge.web import forms
from challenge.web.faces import title_of
from challenge.web.seek.forms import RequirementForm, form_of
from challenge.web.seek.room import blueprint, enter_step

ROUTES: dict[str, dict[str, Action]] = {
    "edit": {"GET": Action.REQUIREMENT_EDIT, "POST": Action.REQUIREMENT_EDIT},
}


@blueprint.route("/requirements/<ref>/edit", methods=["GET", "POST"])
def edit(ref: str) -> ResponseReturnValue:
    """Write a requirement; save it as it is, or go on to hand it in."""
    requirement, possible = enter_step(ref, Action.REQUIREMENT_EDIT, "submit")
    if not possible:
        return redirect(url_for("seek.requirement", ref=ref))
    if request.method == "GET":
        return page(requirement, stored_form(requirement))
    form = RequirementForm(currency=requirement.currency, themes=_themes(requirement))
    add, remove = request.form.get("add"), request.form.get("remove")
    if add is not None or remove is not None:
        form.turn_rows(add, remove)
        return page(requirement, form)
    if form.validate_on_submit():
        try:
            _save(form, requirement)
        except (Invalid, InvalidMany, WrongState) as refusal:
            forms.show(form, refusal)
            requirement = queries.by_ref(db.session, ref)  # what was rolled back is read anew
        else:
            return _saved(ref, go_on=request.form.get("next") == "submit")
    return page(requirement, form)


def _save(form: RequirementForm, requirement: Requirement) -> None:
    content = form.content(ZoneInfo(requirement.round.zone))
    with writing() as session:
        drafting.edit(session, actor(), requirement.ref, content, seen=_instant(form.seen.data))


def _instant(text: str | None) -> dt.datetime | None:
    try:
        seen = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return seen if seen.tzinfo is not None else None


def _saved(ref: str, *, go_on: bool) -> ResponseReturnValue:
    """On to handing it in, if nothing is missing; else back to the form or the page."""
    if not go_on:
        flash(_("Draft saved."))
        return redirect(url_for("seek.requirement", ref=ref))
    requirement = queries.by_ref(db.session, ref)
    missing = drafting.missing(db.session, requirement)
    if not missing:
        return redirect(url_for("seek.submit", ref=ref))
    return page_with_faults(requirement, InvalidMany(missing))


def _themes(requirement: Requirement) -> Sequence[Theme]:
    return themes.themes_of(db.session, requirement.round_id)


def stored_form(requirement: Requirement) -> RequirementForm:
    """The form as it was saved last."""
    content = read(requirement, queries.confidential_part(db.session, requirement.id))
    zone = ZoneInfo(requirement.round.zone)
    return form_of(content, requirement.updated_at, zone, _themes(requirement))


def page_with_faults(requirement: Requirement, refusal: Refused) -> ResponseReturnValue:
    """The saved form with what keeps it from being handed in, each at its field."""
    form = stored_form(requirement)
    forms.show(form, refusal)
    kept = _("The draft is saved. It can be handed in once these are right.")
    return page(requirement, form, kept=kept)


def page(requirement: Requirement, form: RequirementForm, **values: Any) -> ResponseReturnValue:
    """The page of the form."""
    answer = render_template(
        "seek/edit.html",
        form=form,
        requirement=requirement,
        title=title_of(requirement),
        most_rows=MOST_INDICATORS,
        window=windows_of(requirement.round).get(Stage.SUBMISSION),
        files=attachments.listed(db.session, requirement.id),
        accept=ACCEPT,
        **values,
    )
    return answer, 422 if form.errors or form.form_errors else 200
