"""The form of a requirement: saved at any time, checked when it is to be handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, get_template_attribute, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.services import Listed
from challenge.files.sniffing import ACCEPT
from challenge.requirements import attachments, branching, drafting, queries
from challenge.requirements.content import MOST_INDICATORS, Content, read
from challenge.requirements.models import Requirement
from challenge.rounds import themes
from challenge.rounds.models import Theme
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import Invalid, InvalidMany, Refused, WrongState
from challenge.rules.permissions import Action
from challenge.rules.stages import Stage
from challenge.web import forms, hints, redaction, words
from challenge.web.faces import title_of
from challenge.web.seek.forms import RequirementForm, form_of
from challenge.web.seek.room import blueprint, enter_step

ROUTES: dict[str, dict[str, Action]] = {
    "edit": {"GET": Action.REQUIREMENT_EDIT, "POST": Action.REQUIREMENT_EDIT},
    "write": {"POST": Action.REQUIREMENT_EDIT},
}


@blueprint.route("/requirements/<ref>/edit", methods=["GET", "POST"])
def edit(ref: str) -> ResponseReturnValue:
    """Write a requirement; save it as it is, or go on to hand it in."""
    requirement, possible = enter_step(ref, Action.REQUIREMENT_EDIT, "submit")
    if not possible:
        return redirect(url_for("seek.requirement", ref=ref))
    if request.method == "GET":
        return page(requirement, stored_form(requirement))
    form = _sent_form(requirement)
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


@blueprint.post("/requirements/<ref>/draft")
def write(ref: str) -> ResponseReturnValue:
    """Save while it is typed: what came of it, when it was saved last, and the signs in what was sent."""
    requirement, possible = enter_step(ref, Action.REQUIREMENT_EDIT, "submit")
    if not possible:
        return {"said": words.say_code("wrong_state")}, 409
    form = _sent_form(requirement)
    zone = ZoneInfo(requirement.round.zone)
    try:
        content = form.content(zone)
        _save(form, requirement)
    except (Invalid, InvalidMany, WrongState) as refusal:
        return {"said": _("Not saved: %(why)s", why=words.say(refusal))}, 422
    requirement = queries.by_ref(db.session, ref)
    time = i18n.clock_time(requirement.updated_at, i18n.reader().zone or requirement.round.zone)
    found = hints.of(db.session, requirement, content.tidied(), _public_files(requirement))
    return {
        "said": _("Saved %(time)s", time=time),
        "seen": requirement.updated_at.isoformat(),
        "hints": str(get_template_attribute("components/hints.html", "hint_list")(found)),
    }


def _public_files(requirement: Requirement) -> list[Listed]:
    return attachments.public_files(db.session, requirement.id)


def _save(form: RequirementForm, requirement: Requirement) -> None:
    content = form.content(ZoneInfo(requirement.round.zone))
    with writing() as session:
        drafting.edit(session, actor(), requirement.ref, content, seen=forms.seen(form))
        if "branch" in form:
            branching.wish(session, actor(), requirement.ref, form.branch.data or "")


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


def _sent_form(requirement: Requirement) -> RequirementForm:
    branches = branching.offered(db.session, requirement)
    return RequirementForm(currency=requirement.currency, themes=_themes(requirement), branches=branches)


def stored(requirement: Requirement) -> Content:
    """What was saved last."""
    return read(requirement, queries.closed_part(db.session, requirement.id))


def stored_form(requirement: Requirement) -> RequirementForm:
    """The form as it was saved last."""
    content = stored(requirement)
    zone = ZoneInfo(requirement.round.zone)
    branches = branching.offered(db.session, requirement)
    chosen = next((each.ref for each in branches if each.id == requirement.branch_id), "")
    return form_of(content, requirement.updated_at, zone, _themes(requirement), branches, chosen)


def page_with_faults(requirement: Requirement, refusal: Refused) -> ResponseReturnValue:
    """The saved form with what keeps it from being handed in, each at its field."""
    form = stored_form(requirement)
    forms.show(form, refusal)
    kept = _("The draft is saved. It can be handed in once these are right.")
    return page(requirement, form, kept=kept)


def page(requirement: Requirement, form: RequirementForm, **values: Any) -> ResponseReturnValue:
    """The page of the form, with the signs in what was saved last."""
    files = attachments.listed(db.session, requirement.id)
    public = [each for each in files if not each.confidential]
    answer = render_template(
        "seek/edit.html",
        form=form,
        requirement=requirement,
        title=title_of(requirement),
        most_rows=MOST_INDICATORS,
        window=windows_of(requirement.round).get(Stage.SUBMISSION),
        files=files,
        hints=hints.of(db.session, requirement, stored(requirement), public),
        redaction=redaction.of(db.session, requirement),
        accept=ACCEPT,
        **values,
    )
    return answer, 422 if form.errors or form.form_errors else 200
