"""The steps of an agreement: who stands on a side, proposed, a draft again, ended."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from challenge.agreements import drafting, ending, proposing, queries
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action
from challenge.web import forms, words
from challenge.web.agree import reading
from challenge.web.agree.editing import page_with_faults
from challenge.web.agree.forms import JoinForm, ProposeForm, ReasonForm, seen_of
from challenge.web.agree.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "join": {"POST": Action.AGREEMENT_PARTIES},
    "propose": {"POST": Action.AGREEMENT_PROPOSE},
    "change": {"POST": Action.AGREEMENT_EDIT},
    "terminate": {"POST": Action.AGREEMENT_TERMINATE},
}


@blueprint.post("/<ref>/parties/<side>")
def join(ref: str, side: str) -> ResponseReturnValue:
    """Name the organization on a side, or leave it open."""
    form = JoinForm()
    form.side = side
    step = lambda: _write(drafting.join, ref, side, form.organization.data or "", seen_of(form))  # noqa: E731
    return _try(ref, form, step, _("Saved. Its representatives can read the draft now."))


@blueprint.post("/<ref>/propose")
def propose(ref: str) -> ResponseReturnValue:
    """Put it to signature."""
    form = ProposeForm()
    try:
        _write(proposing.propose, ref, seen_of(form), form.note.data or "")
    except InvalidMany as refusal:
        return page_with_faults(ref, refusal)
    except (Invalid, WrongState) as refusal:
        return _back(ref, form, refusal)
    flash(_("Proposed. The other parties get a letter."))
    return redirect(url_for("agree.agreement", ref=ref))


@blueprint.post("/<ref>/change")
def change(ref: str) -> ResponseReturnValue:
    """Make it a draft again."""
    form = ProposeForm()
    try:
        _write(drafting.reopen, ref, seen_of(form))
    except WrongState as refusal:
        return _back(ref, form, refusal)
    flash(_("It is a draft again. The other parties get a letter."))
    return redirect(url_for("agree.edit", ref=ref))


@blueprint.post("/<ref>/terminate")
def terminate(ref: str) -> ResponseReturnValue:
    """End it."""
    form = ReasonForm()
    step = lambda: _write(ending.terminate, ref, form.reason.data or "")  # noqa: E731
    return _try(ref, form, step, _("Ended. All parties get a letter."))


def _try(ref: str, form: FlaskForm, step: Callable[[], object], said: str) -> ResponseReturnValue:
    """Take a step, and come back to the agreement; a refused form comes back as it was."""
    try:
        step()
    except (Invalid, WrongState) as refusal:
        return _back(ref, form, refusal)
    flash(said)
    return redirect(url_for("agree.agreement", ref=ref))


def _back(ref: str, form: FlaskForm, refusal: Invalid | WrongState) -> ResponseReturnValue:
    if isinstance(refusal, WrongState):
        flash(words.say(refusal), "error")
        return redirect(url_for("agree.agreement", ref=ref))
    forms.show(form, refusal)
    return reading.page(queries.by_ref(db.session, actor(), ref), form)


def _write(verb: Callable[..., object], *values: object) -> None:
    with writing() as session:
        verb(session, actor(), *values)
