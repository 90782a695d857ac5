"""The award board: from the fixed ranking over words and public notice to published winners."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from challenge.awards import board as boards
from challenge.awards import by_hand, deciding, limits, plans, proposing, publishing
from challenge.awards.board import Board, Place, Question, Step
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.flow import previews
from challenge.rounds import queries
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action, can
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.organize import award_steps
from challenge.web.organize.award_forms import NoticeForm, OverrideForm, SlotForm
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.organize.wording import told_words

# Everyone who may enter the control room reads the board; what it offers asks for more.
ROUTES: dict[str, dict[str, Action]] = {
    "awards": {"GET": Action.ROUND_CONTROL},
    "propose_awards": {"POST": Action.AWARD_PROPOSE},
    "award_slot": {"GET": Action.ROUND_CONTROL, "POST": Action.AWARD_PROPOSE},
    "award_override": {"GET": Action.ROUND_CONTROL, "POST": Action.AWARD_OVERRIDE},
    "award_notice": {"GET": Action.ROUND_CONTROL, "POST": Action.AWARD_NOTICE},
}


def _enter(slug: str, endpoint: str) -> Round:
    return enter(slug, ROUTES[endpoint]["POST" if request.method == "POST" else "GET"])


def _back(slug: str) -> ResponseReturnValue:
    return redirect(url_for("organize.awards", slug=slug))


@blueprint.get("/rounds/<slug>/awards")
def awards(slug: str) -> ResponseReturnValue:
    """Where the awards stand, and the one step that comes next."""
    round_ = _enter(slug, "awards")
    board = boards.board(db.session, round_.id)
    subject = queries.subject_of(round_, page_now())
    return draw(
        "organize/awards.html",
        round_,
        here="awards",
        board=board,
        limits=limits.of_round(db.session, round_.id, [each.award for each in board.places if each.award]),
        steps=award_steps.lines(board, round_, page_now()),
        acts=can(actor(), Action.AWARD_PROPOSE, subject),
        form=FlaskForm(),
    )


@blueprint.post("/rounds/<slug>/awards")
def propose_awards(slug: str) -> ResponseReturnValue:
    """Propose awards from the ranking in force, and ask the seekers."""
    round_ = enter(slug, Action.AWARD_PROPOSE)
    with writing() as session:
        proposal = proposing.propose(session, actor(), round_.id)
    flash(_("Proposed. The seekers are asked by mail.") if proposal.decisions else _("Proposed."))
    return _back(slug)


@blueprint.route("/rounds/<slug>/awards/slots/<int:prize>/<int:slot>", methods=["GET", "POST"])
def award_slot(slug: str, prize: int, slot: int) -> ResponseReturnValue:
    """Give a slot of the round's prizes by hand, or leave it open."""
    round_ = _enter(slug, "award_slot")
    form = SlotForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                by_hand.give_slot(session, actor(), round_.id, prize, slot, form.submission.data or None)
        except Invalid as refusal:
            forms.show(form, refusal)
            round_ = _enter(slug, "award_slot")
        else:
            flash(_("The place is set."))
            return _back(slug)
    board = boards.board(db.session, round_.id)
    place = _place(board, prize, slot)
    if board.notice is not None and board.notice.reopened_at is None:
        return _back(slug)
    tied = boards.rivals(board, place)
    others = plans.pool(board.candidates, place.prize)
    form.offer(tied, [each for each in others if each.stands and each not in tied])
    if not form.is_submitted():
        form.submission.data = place.winner.ref if place.winner else ""
    page = draw("organize/award_slot.html", round_, here="awards", form=form, place=place, tied=tied)
    return page, 422 if form.errors else 200


def _place(board: Board, prize: int, slot: int) -> Place:
    of_round = (place for place in board.places if place.question is None)
    found = next((place for place in of_round if (place.prize.id, place.slot) == (prize, slot)), None)
    if found is None:
        raise NotFound
    return found


@blueprint.route("/rounds/<slug>/awards/decisions/<ref>", methods=["GET", "POST"])
def award_override(slug: str, ref: str) -> ResponseReturnValue:
    """Decide for a seeker who stays silent."""
    round_ = _enter(slug, "award_override")
    question = _question(boards.board(db.session, round_.id), ref)
    form = OverrideForm()
    form.offer(question.tied if question.proposed is None else ())
    if form.validate_on_submit():
        try:
            with writing() as session:
                chosen = form.chosen.data if "chosen" in form else None
                deciding.override(session, actor(), ref, form.reason.data or "", chosen)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            round_ = _enter(slug, "award_override")
            question = _question(boards.board(db.session, round_.id), ref)
        else:
            flash(_("Decided for the seeker. The reason is on record."))
            return _back(slug)
    if question.decision.verdict != "pending":
        return _back(slug)
    page = draw("organize/award_override.html", round_, here="awards", form=form, question=question)
    return page, 422 if form.errors else 200


def _question(board: Board, ref: str) -> Question:
    found = next((question for question in board.questions if question.decision.ref == ref), None)
    if found is None:
        raise NotFound
    return found


@blueprint.route("/rounds/<slug>/awards/notice", methods=["GET", "POST"])
def award_notice(slug: str) -> ResponseReturnValue:
    """Look over what becomes public and who is told, then start the public notice."""
    round_ = _enter(slug, "award_notice")
    form = NoticeForm()
    if form.validate_on_submit():
        try:
            ends_at = form.instant(round_.zone)
            with writing() as session:
                publishing.start_notice(session, actor(), round_.id, ends_at)
        except Invalid as refusal:
            forms.show(form, refusal)
            round_ = _enter(slug, "award_notice")
        else:
            flash(_("The public notice has started."))
            return _back(slug)
    board = boards.board(db.session, round_.id)
    if board.step is not Step.NOTICE or board.notice is not None:
        return _back(slug)
    if not form.is_submitted():
        form.propose(page_now(), round_.notice_days, round_.zone)
    told = previews.told(db.session, "notice.started", round_.id)
    return _look_over("organize/award_notice.html", round_, board, told, form)


def _look_over(
    template: str, round_: Round, board: Board, told: list[previews.Told], form: FlaskForm
) -> ResponseReturnValue:
    letters = sum(each.count for each in told)
    page = draw(
        template, round_, here="awards", board=board, told=told_words(told), letters=letters, form=form
    )
    return page, 422 if form.errors else 200
