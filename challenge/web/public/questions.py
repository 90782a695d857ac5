"""Ask a question on a round or a requirement, and read what I asked there and what was answered."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import facts, questions, versions
from challenge.requirements import queries as needs
from challenge.requirements.models import Requirement
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, require
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "ask_round": {"GET": Action.QUESTION_ASK, "POST": Action.QUESTION_ASK},
    "ask_requirement": {"GET": Action.QUESTION_ASK, "POST": Action.QUESTION_ASK},
}


class QuestionForm(FlaskForm):
    """A question."""

    body = TextAreaField(
        _l("Your question"),
        description=_l("Nobody is told who asks. The answer may be shown to everyone, without your name."),
    )


@blueprint.route("/rounds/<slug>/ask", methods=["GET", "POST"])
def ask_round(slug: str) -> ResponseReturnValue:
    """Ask the organizer of a round."""
    round_ = rounds.by_slug(db.session, slug)
    require(actor(), Action.QUESTION_ASK, rounds.subject_of(round_, page_now()))
    round_id = round_.id
    return _ask(
        lambda session, body: questions.ask_on_round(session, actor(), round_id, body),
        lambda: (rounds.by_slug(db.session, slug), None),
    )


@blueprint.route("/requirements/<ref>/ask", methods=["GET", "POST"])
def ask_requirement(ref: str) -> ResponseReturnValue:
    """Ask the seeker of a requirement, who may be anonymous: the page shows no more than the public one."""
    requirement = needs.without_seeker(db.session, ref)
    require(actor(), Action.QUESTION_ASK, facts.subject_of(requirement, page_now()))
    return _ask(
        lambda session, body: questions.ask_on_requirement(session, actor(), ref, body),
        lambda: _with_round(ref),
    )


def _with_round(ref: str) -> tuple[Round, Requirement]:
    requirement = needs.without_seeker(db.session, ref)
    return requirement.round, requirement


def _ask(
    put: Callable[[Session, str], object], load: Callable[[], tuple[Round, Requirement | None]]
) -> ResponseReturnValue:
    form = QuestionForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                put(session, form.body.data or "")
        except Invalid as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Asked. You get a letter when it is answered; the answer stands here, too."))
            return redirect(_here(*load()))
    round_, requirement = load()
    asked = questions.asked_by(db.session, actor(), round_.id, requirement.id if requirement else None)
    page = render_template(
        "public/ask_page.html",
        form=form,
        round=round_,
        requirement=requirement,
        asked=asked,
        earlier=versions.corrections(db.session, [each.id for each in asked if each.corrected_at]),
    )
    return page, 422 if form.errors else 200


def _here(round_: Round, requirement: Requirement | None) -> str:
    if requirement is not None:
        return url_for("public.ask_requirement", ref=requirement.ref)
    return url_for("public.ask_round", slug=round_.slug)
