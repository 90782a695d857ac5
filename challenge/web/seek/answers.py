"""Answer a question on one of my requirements, or correct the answer."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import questions
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action
from challenge.web import correcting, forms
from challenge.web.seek.forms import AnswerForm
from challenge.web.seek.room import blueprint, enter

ROUTES: dict[str, dict[str, Action]] = {
    "answer": {"GET": Action.QUESTION_ANSWER, "POST": Action.QUESTION_ANSWER},
}


@blueprint.route("/requirements/<ref>/questions/<question_ref>", methods=["GET", "POST"])
def answer(ref: str, question_ref: str) -> ResponseReturnValue:
    """Read a question and answer it, for everyone or for its asker."""
    requirement = enter(ref, Action.QUESTION_ANSWER)
    question = questions.by_ref(db.session, question_ref)
    if question.requirement_id != requirement.id:
        raise NotFound
    form, fixing = AnswerForm(), correcting.form_for(question)
    if "correction" in request.form:
        if correcting.corrected(fixing, question_ref):
            flash(_("Corrected."))
            return redirect(url_for("seek.requirement", ref=ref, _anchor="questions"))
    elif form.validate_on_submit():
        try:
            with writing() as session:
                questions.answer(
                    session,
                    actor(),
                    question_ref,
                    form.answer.data or "",
                    public=form.public.data == "yes",
                )
        except (Invalid, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Answered."))
            return redirect(url_for("seek.requirement", ref=ref, _anchor="questions"))
    page = render_template(
        "seek/answer.html",
        form=form,
        fixing=fixing,
        ref=ref,
        question=questions.by_ref(db.session, question_ref),
    )
    return page, 422 if form.errors or form.form_errors or fixing.errors or fixing.form_errors else 200
