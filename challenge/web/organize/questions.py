"""Questions of a round and of its requirements, for its organizer to answer."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import questions as services
from challenge.requirements import versions
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action
from challenge.web import correcting, forms
from challenge.web import listing as files
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.seek.forms import AnswerForm

ROUTES: dict[str, dict[str, Action]] = {
    "questions": {"GET": Action.ROUND_CONTROL},
    "answer_question": {"GET": Action.QUESTION_ANSWER, "POST": Action.QUESTION_ANSWER},
}
PAGE = 50


COLUMNS = files.columns(
    "ref question answer need_ref number requirement public created_at answered_at",
    question="body",
    need_ref="requirement_ref",
    number="requirement_number",
    public=lambda row: int(row.public),
)


@blueprint.get("/rounds/<slug>/questions", endpoint="questions")
def list_questions(slug: str) -> ResponseReturnValue:
    """What waits for an answer, oldest first; or what was answered, newest first."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    answered = request.args.get("show") == "answered"
    round_id = round_.id
    file = files.taken(
        f"questions-{slug}",
        COLUMNS,
        lambda session, after, limit: services.of_round(
            session, round_id, answered=answered, after=after, limit=limit
        ),
        round_=round_,
    )
    if file is not None:
        return file
    after = request.args.get("after", type=int)
    rows = services.of_round(db.session, round_.id, answered=answered, after=after, limit=PAGE + 1)
    return draw(
        "organize/questions.html",
        round_,
        here="questions",
        answered=answered,
        rows=rows[:PAGE],
        earlier=versions.corrections(db.session, [each.id for each in rows if each.corrected_at]),
        next_after=rows[PAGE - 1].id if rows[PAGE:] else None,
    )


@blueprint.route("/rounds/<slug>/questions/<ref>", methods=["GET", "POST"])
def answer_question(slug: str, ref: str) -> ResponseReturnValue:
    """Read a question and answer it, for everyone or for its asker; or correct the answer."""
    round_ = enter(slug, Action.QUESTION_ANSWER)
    if services.by_ref(db.session, ref).round_id != round_.id:
        raise NotFound
    form, fixing = AnswerForm(), correcting.form_for(services.by_ref(db.session, ref))
    if "correction" in request.form:
        if correcting.corrected(fixing, ref):
            flash(_("Corrected."))
            return redirect(url_for("organize.questions", slug=slug, show="answered"))
        round_ = enter(slug, Action.QUESTION_ANSWER)
    elif form.validate_on_submit():
        try:
            with writing() as session:
                text, public = form.answer.data or "", form.public.data == "yes"
                services.answer(session, actor(), ref, text, public=public)
        except (Invalid, WrongState) as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.QUESTION_ANSWER)
        else:
            flash(_("Answered."))
            return redirect(url_for("organize.questions", slug=slug))
    question = services.by_ref(db.session, ref)
    page = draw("organize/answer.html", round_, here="questions", form=form, fixing=fixing, question=question)
    refused = form.errors or form.form_errors or fixing.errors or fixing.form_errors
    return page, 422 if refused else 200
