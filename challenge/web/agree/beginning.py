"""An agreement begun on a need."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.agreements import beginning, listing
from challenge.agreements.beginning import Start
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.ids import new_ref
from challenge.base.session import actor
from challenge.distribution import facts as distribution
from challenge.docking import timeline
from challenge.requirements import queries
from challenge.requirements.models import Requirement
from challenge.rules.agreements import KINDS
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, Subject, can, require
from challenge.web import agreement_words as words
from challenge.web import forms
from challenge.web.agree.forms import BeginForm
from challenge.web.agree.room import blueprint
from challenge.web.context import page_now

ROUTES: dict[str, dict[str, Action]] = {
    "new": {"GET": Action.AGREEMENT_BEGIN, "POST": Action.AGREEMENT_BEGIN}
}


@blueprint.route("/new/<ref>", methods=["GET", "POST"])
def new(ref: str) -> ResponseReturnValue:
    """Of which kind, with whom: the terms come next."""
    need = queries.by_ref(db.session, ref)
    subject = distribution.subject_of(db.session, need, page_now())
    require(actor(), Action.AGREEMENT_BEGIN, subject)
    form = BeginForm()
    choices = _choices(need, subject)
    form.solver.choices = choices
    if request.method == "GET":
        form.ref.data = new_ref()
        form.lang.data = "zh" if i18n.reader().zh else "en"
        form.solver.data = request.args.get("solver") or choices[0][0]
        return _page(form, need, subject)
    if form.kind.data not in KINDS:
        forms.show(form, Invalid("kind", "not_a_choice"))
        return _page(form, need, subject)
    try:
        with writing() as session:
            made = beginning.begin(session, actor(), ref, _start(form))
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return _page(form, queries.by_ref(db.session, ref), subject)
    flash(_("The draft is there. Both sides can read and change it."))
    return redirect(url_for("agree.edit", ref=made.ref))


def _start(form: BeginForm) -> Start:
    way, _colon, which = str(form.solver.data or "").partition(":")
    return Start(
        kind=form.kind.data or "",
        lang=form.lang.data or "zh",
        entry=which if way == "entry" else None,
        pair=which if way == "pair" else None,
        agency=bool(form.agency.data),
        ref=form.ref.data or None,
    )


def _choices(need: Requirement, subject: Subject) -> list[tuple[str, str]]:
    """The chosen entries that the reader may know, whom docking brought, and nobody yet."""
    found: list[tuple[str, str]] = []
    if can(actor(), Action.SUBMISSION_READ, replace(subject, kind="submission", state="selected")):
        found += [
            (
                f"entry:{each.ref}",
                _("The solution %(code)s: %(title)s", code=each.code, title=each.title),
            )
            for each in listing.chosen(db.session, need.id)
        ]
    if can(actor(), Action.DOCKING_READ, subject):
        found += [
            (f"pair:{each.ref}", _("From docking: %(name)s", name=each.candidate))
            for each in timeline.of_requirement(db.session, need.id)
        ]
    return [*found, ("", _("Somebody else, named in the draft"))]


def _page(form: BeginForm, need: Requirement, subject: Subject) -> ResponseReturnValue:
    page = render_template(
        "agree/new.html",
        form=form,
        need=need,
        known=listing.of_requirement(db.session, need.id) if _sees_all(subject) else [],
        words=words,
    )
    return page, 422 if form.errors or form.form_errors else 200


def _sees_all(subject: Subject) -> bool:
    """Whether every agreement on the need is this person's to read."""
    return can(actor(), Action.AGREEMENT_LIST, subject) or can(actor(), Action.AGREEMENT_TERMINATE, subject)
