"""The steps that are not undone: launch, extend, close early, cancel. Each is looked over first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.flow import previews
from challenge.judging import rubric
from challenge.rounds import extending, launching, overrides, queries
from challenge.rounds.models import Round
from challenge.rules import localtime
from challenge.rules.errors import Invalid, InvalidMany, Refused
from challenge.rules.permissions import Action
from challenge.rules.stages import Stage, Window, is_open
from challenge.submissions import forms as forms_of_rounds
from challenge.web import forms, words
from challenge.web.context import page_now
from challenge.web.moments import MomentField, local
from challenge.web.organize.form_wording import summary
from challenge.web.organize.forms import STAGE_WORDS
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.organize.wording import told_words

ROUTES: dict[str, dict[str, Action]] = {
    "launch": {"GET": Action.ROUND_CONTROL, "POST": Action.ROUND_LAUNCH},
    "extend": {"GET": Action.ROUND_EXTEND, "POST": Action.ROUND_EXTEND},
    "close_early": {"GET": Action.ROUND_CLOSE_EARLY, "POST": Action.ROUND_CLOSE_EARLY},
    "cancel": {"GET": Action.ROUND_CANCEL, "POST": Action.ROUND_CANCEL},
}
STEPS = (1, 3, 7)  # days that one press offers
REASON = {"maxlength": overrides.REASON, "rows": 3}


class LaunchForm(FlaskForm):
    """Nothing but the button."""


class ExtendForm(FlaskForm):
    """Which window, until when, and why."""

    stage = SelectField(lazy_gettext("Window"))
    closes_at = MomentField(lazy_gettext("New close"))
    move_later = BooleanField(lazy_gettext("Move the stages that have not opened along by the same time"))
    reason = TextAreaField(lazy_gettext("Reason, shown to everyone"), [InputRequired()], render_kw=REASON)


class CloseForm(FlaskForm):
    """Which window, and why."""

    stage = SelectField(lazy_gettext("Window"))
    reason = TextAreaField(lazy_gettext("Reason, shown to everyone"), [InputRequired()], render_kw=REASON)


class CancelForm(FlaskForm):
    """Why, and the round's address typed once more."""

    reason = TextAreaField(lazy_gettext("Reason, shown to everyone"), [InputRequired()], render_kw=REASON)
    typed = StringField(lazy_gettext("Type the address of the round to confirm"), [InputRequired()])


@blueprint.route("/rounds/<slug>/launch", methods=["GET", "POST"])
def launch(slug: str) -> ResponseReturnValue:
    """Look a draft over as everyone will see it, then make it public."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    form = LaunchForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                launching.launch(session, actor(), round_.id)
                rubric.ensure_phase(session, round_.id)
        except (Invalid, InvalidMany):
            flash(_("The round was not launched: its windows need a correction."), "error")
            return redirect(url_for("organize.launch", slug=slug))
        flash(_("The round is public."))
        return redirect(url_for("organize.control", slug=slug))
    if round_.launched_at is not None:
        return redirect(url_for("organize.control", slug=slug))
    faults = launching.faults_of_launch(round_, page_now())
    bench = forms_of_rounds.bench(db.session, round_, page_now())
    return draw(
        "organize/launch.html",
        round_,
        here="control",
        form=form,
        faults=[(STAGE_WORDS[fault.field.rsplit("_", 1)[0]], words.say(fault)) for fault in faults],
        told=told_words(previews.told(db.session, "round.launched", round_.id)),
        bench=bench,
        asked=summary(bench.form.spec),
    )


@dataclass(frozen=True, slots=True)
class Move:
    """One window as it stands, and as it would stand."""

    stage: Stage
    before: Window
    after: Window


@blueprint.route("/rounds/<slug>/extend", methods=["GET", "POST"])
def extend(slug: str) -> ResponseReturnValue:
    """Let an open window close later: typed, looked over with everyone who is told, then done."""
    round_ = enter(slug, Action.ROUND_EXTEND)
    form, moves = ExtendForm(), None
    if not _offer_open(form, round_):
        return _nothing_open(slug)
    if not form.is_submitted():
        form.closes_at.process_data(local(_close_of(round_, form.stage.data), round_.zone))
        moves = _by_days(round_, form, request.args.get("days", type=int))
    if form.validate_on_submit():
        try:
            closes_at = localtime.instant("closes_at", form.closes_at.data or "", ZoneInfo(round_.zone))
            if request.form.get("confirm"):
                return _extend(slug, round_, form, closes_at)
            moves = _moves(round_, form, closes_at)
        except Refused as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.ROUND_EXTEND)
    told = told_words(previews.told(db.session, "round.extended", round_.id)) if moves else []
    page = draw("organize/extend.html", round_, here="control", form=form, moves=moves, told=told)
    return page, 422 if form.errors else 200


def _by_days(round_: Round, form: ExtendForm, days: int | None) -> list[Move] | None:
    """The form filled for so many days more, the later stages moved along, and what that would do."""
    closes_at = _close_of(round_, form.stage.data)
    if days not in STEPS or closes_at is None:
        return None
    wall = closes_at.astimezone(ZoneInfo(round_.zone)).replace(tzinfo=None) + dt.timedelta(days=days)
    form.move_later.data = True
    form.closes_at.process_data(wall)
    try:
        return _moves(round_, form, localtime.to_instant("closes_at", wall, ZoneInfo(round_.zone)))
    except Refused as refusal:
        forms.show(form, refusal)
        return None


def _extend(slug: str, round_: Round, form: ExtendForm, closes_at: dt.datetime) -> ResponseReturnValue:
    with writing() as session:
        extending.extend(
            session,
            actor(),
            round_.id,
            Stage(form.stage.data),
            closes_at,
            form.reason.data or "",
            move_later=form.move_later.data,
        )
    flash(_("Extended. Everyone who takes part is told by mail."))
    return redirect(url_for("organize.control", slug=slug))


def _moves(round_: Round, form: ExtendForm, closes_at: dt.datetime) -> list[Move]:
    plan = extending.plan(
        round_, Stage(form.stage.data), closes_at, page_now(), move_later=form.move_later.data
    )
    rows = {Stage(row.stage): row for row in round_.windows}
    return [
        Move(stage, Window(stage, rows[stage].opens_at, rows[stage].closes_at), plan.windows[stage])
        for stage in (plan.stage, *plan.moved)
    ]


@blueprint.route("/rounds/<slug>/close-early", methods=["GET", "POST"])
def close_early(slug: str) -> ResponseReturnValue:
    """Close an open window now."""
    round_ = enter(slug, Action.ROUND_CLOSE_EARLY)
    form = CloseForm()
    if not _offer_open(form, round_):
        return _nothing_open(slug)
    if form.validate_on_submit():
        try:
            with writing() as session:
                stage = Stage(form.stage.data)
                overrides.close_early(session, actor(), round_.id, stage, form.reason.data or "")
        except Refused as refusal:
            forms.show(form, refusal)
            round_ = enter(slug, Action.ROUND_CLOSE_EARLY)
        else:
            flash(_("Closed. The close is recorded within a second or two."))
            return redirect(url_for("organize.control", slug=slug))
    page = draw("organize/close_early.html", round_, here="control", form=form)
    return page, 422 if form.errors else 200


@blueprint.route("/rounds/<slug>/cancel", methods=["GET", "POST"])
def cancel(slug: str) -> ResponseReturnValue:
    """End a round for good."""
    round_ = enter(slug, Action.ROUND_CANCEL)
    form = CancelForm()
    if round_.cancelled_at is not None:
        return redirect(url_for("organize.control", slug=slug))
    if form.validate_on_submit():
        if (form.typed.data or "").strip() != round_.slug:
            form.typed.errors = [_("This is not the address of the round: %(slug)s", slug=round_.slug)]
        else:
            try:
                with writing() as session:
                    overrides.cancel(session, actor(), round_.id, form.reason.data or "")
            except Invalid as refusal:
                forms.show(form, refusal)
                round_ = enter(slug, Action.ROUND_CANCEL)
            else:
                flash(_("The round is cancelled."))
                return redirect(url_for("organize.control", slug=slug))
    told = told_words(previews.told(db.session, "round.cancelled", round_.id))
    page = draw("organize/cancel.html", round_, here="control", form=form, told=told)
    return page, 422 if form.errors else 200


def _offer_open(form: ExtendForm | CloseForm, round_: Round) -> bool:
    """Fill the choice with the windows open now; False where none is. What is sent, the service judges."""
    now, asked, sent = page_now(), request.args.get("stage"), form.is_submitted()
    windows = queries.windows_of(round_)
    choices = [
        (stage.value, str(STAGE_WORDS[stage.value]))
        for stage, window in windows.items()
        if sent or is_open(window, now)
    ]
    form.stage.choices = choices
    if choices and not sent:
        codes = [code for code, _word in choices]
        form.stage.data = asked if asked in codes else codes[-1]
    return bool(choices)


def _nothing_open(slug: str) -> ResponseReturnValue:
    flash(
        _("No window of this round is open just now. What has not opened is changed in the settings."),
        "error",
    )
    return redirect(url_for("organize.control", slug=slug))


def _close_of(round_: Round, stage: str) -> dt.datetime | None:
    return next((row.closes_at for row in round_.windows if row.stage == stage), None)
