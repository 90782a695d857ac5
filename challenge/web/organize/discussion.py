"""The organizer reads where judges are far apart and what they say, and opens locked cards again."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import apart, behind, flagging, reopening, turns
from challenge.judging.models import Phase
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import Invalid, NotFound, TooLate, WrongState
from challenge.rules.permissions import Action, can
from challenge.rules.spread import LEAST_FLAG, MOST_FLAG, USUAL_FLAG
from challenge.web import forms, words
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter_phase, phase_number

ROUTES: dict[str, dict[str, Action]] = {
    "discussion": {"GET": Action.JUDGE_WATCH},
    "set_flag": {"POST": Action.PHASE_EDIT},
    "talk": {"GET": Action.JUDGE_WATCH},
    "card": {"GET": Action.JUDGE_WATCH},
    "reopen_card": {"POST": Action.SCORE_REOPEN},
}


class ReopenForm(FlaskForm):
    """Why a locked card is opened again."""

    reason = TextAreaField(
        _l("Reason"),
        description=_l("The judge reads it, and it stays in the audit trail."),
        validators=[Length(max=reopening.MOST_REASON)],
    )


class FlagForm(FlaskForm):
    """From which spread on an entry is flagged."""

    percent = StringField(
        _l("Percent of the scale"),
        description=_l(
            "From %(least)s to %(most)s; usual is %(usual)s. It moves flags alone, no score and no place, and"
            " stays in the audit trail.",
            least=LEAST_FLAG,
            most=MOST_FLAG,
            usual=USUAL_FLAG,
        ),
        render_kw={"inputmode": "numeric", "maxlength": 4},
    )

    @property
    def number(self) -> int | None:
        """What was typed; None where it is no whole number."""
        text = (self.percent.data or "").strip().removesuffix("%").strip()
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None


@blueprint.get("/rounds/<slug>/discussion", endpoint="discussion")
def discussion_page(slug: str) -> ResponseReturnValue:
    """The entries of a phase, those whose judges are furthest apart first, and the wishes of judges."""
    round_, phase = enter_phase(slug, Action.JUDGE_WATCH)
    return _board(round_, phase)


@blueprint.post("/rounds/<slug>/discussion")
def set_flag(slug: str) -> ResponseReturnValue:
    """Flag from another spread on."""
    round_, phase = enter_phase(slug, Action.PHASE_EDIT)
    form = FlagForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                flagging.set_limit(session, actor(), round_.id, form.number, phase_number())
        except (Invalid, WrongState) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Saved."))
            return redirect(url_for("organize.discussion", slug=slug))
    round_, phase = enter_phase(slug, Action.PHASE_EDIT)
    return _board(round_, phase, form), 422


@blueprint.get("/rounds/<slug>/discussion/<ref>")
def talk(slug: str, ref: str) -> ResponseReturnValue:
    """One entry among its judges."""
    round_, phase = enter_phase(slug, Action.JUDGE_WATCH)
    if phase is None:
        raise NotFound
    shown = apart.talk(db.session, actor(), phase, ref)
    return draw("organize/talk.html", round_, here="discussion", shown=shown, opens=_opens(round_, phase))


@blueprint.get("/rounds/<slug>/discussion/cards/<ref>")
def card(slug: str, ref: str) -> ResponseReturnValue:
    """One locked card, to be opened again with a reason."""
    return _card(slug, ref, ReopenForm(formdata=None))


@blueprint.post("/rounds/<slug>/discussion/cards/<ref>")
def reopen_card(slug: str, ref: str) -> ResponseReturnValue:
    """Open a locked card again, with a reason."""
    round_, _phase = enter_phase(slug, Action.JUDGE_WATCH)
    form = ReopenForm()
    status, message = 422, None
    if form.validate_on_submit():
        try:
            with writing() as session:
                reopening.reopen(session, actor(), ref, form.reason.data or "", round_id=round_.id)
        except Invalid as refusal:
            forms.show(form, refusal)
        except (TooLate, WrongState) as refusal:
            status, message = 409, words.say(refusal)
        else:
            flash(_("Opened. The judge is told; the entry counts without this scorecard until it is locked."))
            return redirect(url_for("organize.discussion", slug=slug))
    g.refused = True
    return _card(slug, ref, form, message), status


def _board(round_: Round, phase: Phase | None, form: FlagForm | None = None) -> str:
    own = behind.of_phase(db.session, actor(), phase) if phase is not None else frozenset[int]()
    percent = phase.flag_percent if phase is not None else USUAL_FLAG
    state = turns.state_of(phase, windows_of(round_), page_now()) if phase is not None else "planned"
    may = can(actor(), Action.PHASE_EDIT, rounds.subject_of(round_, page_now()))
    return draw(
        "organize/discussion.html",
        round_,
        here="discussion",
        lines=apart.by_spread(db.session, phase, own) if phase is not None else [],
        wishes=apart.wishes(db.session, phase, own) if phase is not None else [],
        left_out=len(own),
        percent=percent,
        flag_form=form or FlagForm(formdata=None, percent=str(percent)),
        settable=may and state != "over",
        most=apart.PAGE,
    )


def _opens(round_: Round, phase: Phase) -> bool:
    """Whether a locked card of the phase may be opened again now."""
    return turns.state_of(phase, windows_of(round_), page_now()) == "open"


def _card(slug: str, ref: str, form: ReopenForm, message: str | None = None) -> str:
    round_, phase = enter_phase(slug, Action.JUDGE_WATCH)
    if phase is None:
        raise NotFound
    shown = apart.card(db.session, actor(), phase, ref)
    given = {"card": shown, "ref": ref, "form": form, "message": message, "opens": _opens(round_, phase)}
    return draw("organize/reopen.html", round_, here="discussion", **given)
