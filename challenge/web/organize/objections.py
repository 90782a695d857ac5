"""Objections of a round: which wait for an answer, who may give it, and what an upheld one opened again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.awards import answerers, answering, queries, resuming, standing
from challenge.awards import objection_reads as reads
from challenge.awards.answering import CARD_DAYS, Answer
from challenge.awards.objection_models import Objection
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.judging import objected, screening
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, NotFound, Refused, WrongState
from challenge.rules.objections import LONGEST, LONGEST_PUBLIC
from challenge.rules.permissions import Action, can, require
from challenge.web import forms, objection_words, words
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.tables import as_csv

ROUTES: dict[str, dict[str, Action]] = {
    "objections": {"GET": Action.OBJECTION_LIST},
    "objections_csv": {"GET": Action.OBJECTION_LIST},
    "objection": {"GET": Action.OBJECTION_LIST},
    "objection_file": {"GET": Action.OBJECTION_ANSWER},
    "dismiss_objection": {"POST": Action.OBJECTION_ANSWER},
    "uphold_objection": {"POST": Action.OBJECTION_ANSWER},
    "announce_for_objection": {"POST": Action.OBJECTION_ANSWER},
    "resume_notice": {"POST": Action.AWARD_NOTICE},
}


class AnswerForm(FlaskForm):
    """What is answered, and which scorecards an upheld objection is about."""

    reasons = TextAreaField(_l("Reasons, to whoever objected"), render_kw={"rows": 6, "maxlength": LONGEST})
    public_text = TextAreaField(
        _l("In short, for everyone"),
        description=_l("It stands on the results page, and the team of the entry gets it. Name nobody."),
        render_kw={"rows": 3, "maxlength": LONGEST_PUBLIC},
    )
    cards = SelectMultipleField(
        _l("Scorecards of this entry"),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class ChargeForm(FlaskForm):
    """What the team reads before it may be ruled out."""

    text = TextAreaField(
        _l("What the entry is held to lack"), render_kw={"rows": 4, "maxlength": screening.LONGEST}
    )


@blueprint.get("/rounds/<slug>/objections")
def objections(slug: str) -> ResponseReturnValue:
    """All of a round, those that wait for an answer first."""
    round_ = enter(slug, Action.OBJECTION_LIST)
    return draw(
        "organize/objections.html",
        round_,
        here="objections",
        rows=reads.desk(db.session, round_.id),
        notice=(notice := queries.notice(db.session, round_.id)),
        waits=_waits(round_) if notice is not None and notice.reopened_at is not None else None,
        resumes=can(actor(), Action.AWARD_NOTICE, rounds.subject_of(round_, page_now())),
        words=objection_words,
        form=FlaskForm(),
    )


def _waits(round_: Round) -> str:
    """What comes before the notice can go on: cards, ranking, proposal, words, or nothing any more."""
    notice = queries.notice(db.session, round_.id)
    if objected.waiting(db.session, round_.id, page_now()):
        return "cards"
    if notice is not None and resuming.ranking_behind(db.session, notice):
        return "ranking"
    stands = standing.standing_of(db.session, round_.id)
    ranking = standing.current_ranking(db.session, round_.id)
    if standing.outdated(standing.plan_for(db.session, round_.id, ranking), ranking.id, stands):
        return "proposal"
    return "words" if any(each.verdict == "pending" for each in stands.decisions.values()) else ""


@blueprint.get("/rounds/<slug>/objections.csv")
def objections_csv(slug: str) -> Response:
    """The same as a table, without whoever filed them."""
    round_ = enter(slug, Action.OBJECTION_LIST)
    head = (_("Objection"), _("Ground"), _("Submission"), _("State"), _("Filed"), _("Due"), _("Answered"))
    rows = [
        (
            *(each.ref, objection_words.ground(each.ground), each.code, each.state),
            *(at.isoformat() if at else "" for at in (each.filed_at, each.due_at, each.answered_at)),
        )
        for each in reads.desk(db.session, round_.id)
    ]
    return as_csv(f"objections-{round_.slug}.csv", [head, *rows])


def _found(slug: str, ref: str, action: Action) -> tuple[Round, Objection]:
    round_ = enter(slug, action)
    found = reads.by_ref(db.session, ref)
    if found.round_id != round_.id:
        raise NotFound
    return round_, found


@blueprint.get("/rounds/<slug>/objections/<ref>")
def objection(slug: str, ref: str) -> ResponseReturnValue:
    """One objection: to whoever may answer it, whole; to others, that it is there and who may."""
    return _page(slug, ref)


def _page(slug: str, ref: str, refused: FlaskForm | None = None) -> ResponseReturnValue:
    round_, found = _found(slug, ref, Action.OBJECTION_LIST)
    people = answerers.people(db.session, found)
    mine = next((each.reasons for each in people if each.id == actor().user_id), ("tied",))
    may = not mine and can(actor(), Action.OBJECTION_ANSWER, rounds.subject_of(round_, page_now()))
    form = refused if isinstance(refused, AnswerForm) else AnswerForm(formdata=None)
    cards = objected.counted(db.session, round_.id, found.submission_id) if _on_cards(found, may=may) else []
    form.cards.choices = [(each.ref, each.label) for each in cards]
    if refused is None and found.judge_id is not None:
        form.cards.data = [each.ref for each in cards if each.judge_id == found.judge_id]
    page = draw(
        "organize/objection.html",
        round_,
        here="objections",
        objection=found,
        people=people,
        mine=mine,
        may=may,
        files=reads.evidence(db.session, found.id) if may else [],
        case=screening.standing(db.session, found.submission_id) if _on_entry(found, may=may) else None,
        criterion=_criterion(found),
        form=form,
        charge=refused if isinstance(refused, ChargeForm) else ChargeForm(formdata=None),
        card_days=CARD_DAYS,
        words=objection_words,
    )
    return page, 422 if refused is not None else 200


def _on_cards(found: Objection, *, may: bool) -> bool:
    return may and found.state == "filed" and found.ground != "eligibility"


def _on_entry(found: Objection, *, may: bool) -> bool:
    return may and found.state == "filed" and found.ground == "eligibility"


def _criterion(found: Objection) -> str:
    if found.criterion is None:
        return ""
    names = (found.criterion.name_zh, found.criterion.name_en)
    first, second = names if i18n.reader().zh else reversed(names)
    return first or second or ""


@blueprint.get("/rounds/<slug>/objections/<ref>/files/<file_ref>")
def objection_file(slug: str, ref: str, file_ref: str) -> ResponseReturnValue:
    """A file of evidence, to whoever may answer."""
    _round, found = _found(slug, ref, Action.OBJECTION_ANSWER)
    if (actor().user_id or 0) in answerers.involved(db.session, found, [actor().user_id or 0]):
        raise NotAllowed("objection_involved")
    file = next((each for each in reads.evidence(db.session, found.id) if each.ref == file_ref), None)
    if file is None:
        raise NotFound
    db.session.close()  # no connection is held while the bytes go out
    return send(file.sha256, file.size, file.media_type, file.name)


@blueprint.post("/rounds/<slug>/objections/<ref>/dismiss")
def dismiss_objection(slug: str, ref: str) -> ResponseReturnValue:
    """Find it unfounded."""
    form = AnswerForm()
    return _try(slug, ref, form, lambda session: answering.dismiss(session, actor(), ref, _answer(form)))


@blueprint.post("/rounds/<slug>/objections/<ref>/uphold")
def uphold_objection(slug: str, ref: str) -> ResponseReturnValue:
    """Find it founded, and reopen what it is about."""
    form = AnswerForm()
    cards = form.cards.data or []
    return _try(
        slug, ref, form, lambda session: answering.uphold(session, actor(), ref, _answer(form), cards)
    )


@blueprint.post("/rounds/<slug>/objections/<ref>/announce")
def announce_for_objection(slug: str, ref: str) -> ResponseReturnValue:
    """Give the team its right of reply."""
    form = ChargeForm()
    text = form.text.data or ""
    return _try(slug, ref, form, lambda session: answering.announce(session, actor(), ref, text))


def _answer(form: AnswerForm) -> Answer:
    return Answer(form.reasons.data or "", form.public_text.data or "")


def _try(slug: str, ref: str, form: FlaskForm, act: Callable[[Any], object]) -> ResponseReturnValue:
    """Act and come back; refused, the form stands as it was typed."""
    round_, _objection = _found(slug, ref, Action.OBJECTION_ANSWER)
    try:
        with writing() as session:
            act(session)
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return _page(slug, ref, form)
    except WrongState as refusal:
        form.form_errors.append(words.say(refusal))
        return _page(slug, ref, form)
    flash(_("Done. Whoever is concerned gets a letter."))
    return redirect(url_for("organize.objection", slug=round_.slug, ref=ref))


@blueprint.post("/rounds/<slug>/objections/resume")
def resume_notice(slug: str) -> ResponseReturnValue:
    """Let the notice go on with what changed."""
    round_ = enter(slug, Action.AWARD_NOTICE)
    require(actor(), Action.AWARD_NOTICE, rounds.subject_of(round_, page_now()))
    try:
        with writing() as session:
            notice = resuming.resume(session, actor(), round_.id)
            ends_at, zone = notice.ends_at, rounds.by_slug(session, slug).zone
    except Refused as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("The notice goes on, until %(when)s.", when=i18n.when(ends_at, zone)))
    return redirect(url_for("organize.objections", slug=slug))
