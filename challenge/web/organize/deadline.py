"""The deadline of a round: a dry run of its close; after it, who came too late; more time for one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.flow import previews
from challenge.rounds import overrides
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rounds.tracks import windows_of
from challenge.rules import localtime
from challenge.rules.errors import NotFound, Refused
from challenge.rules.permissions import Action, can, require
from challenge.rules.stages import Stage
from challenge.submissions import extensions, facts, queries, rehearsal, sealing
from challenge.submissions.queries import Shown
from challenge.web import forms, words
from challenge.web.context import page_now
from challenge.web.entry_lines import refusals_briefly
from challenge.web.moments import MomentField, local
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.organize.wording import told_words

ROUTES: dict[str, dict[str, Action]] = {
    "deadline": {"GET": Action.ROUND_FORESEE},
    "find_one": {"GET": Action.ROUND_FORESEE},
    "extend_one": {"GET": Action.SUBMISSION_EXTEND, "POST": Action.SUBMISSION_EXTEND},
}
SHOWN = 500


class ExtendOneForm(FlaskForm):
    """Until when, and why."""

    until = MomentField(lazy_gettext("May be handed in until"))
    reason = TextAreaField(
        lazy_gettext("Reason, shown to its team and kept on the record"),
        [InputRequired()],
        render_kw={"maxlength": overrides.REASON, "rows": 3},
    )


@blueprint.get("/rounds/<slug>/deadline")
def deadline(slug: str) -> ResponseReturnValue:
    """What the close will do: who is entered, what is missing where, which mail goes to how many."""
    round_ = enter(slug, Action.ROUND_FORESEE)
    window = windows_of(round_).get(Stage.SUBMISSION)
    ahead = window is not None and window.ends_at is not None and window.ends_at > page_now()
    run = rehearsal.of_round(db.session, round_, page_now()) if ahead else None
    found = run.lines if run else ()
    lines = [
        (line, [(label, words.say(fault)) for label, fault in line.missing], refusals_briefly(line.against))
        for line in found
    ]
    return draw(
        "organize/deadline.html",
        round_,
        here="deadline",
        window=window,
        extends=can(actor(), Action.ROUND_EXTEND, rounds.subject_of(round_, page_now())),
        run=run,
        lines=lines[:SHOWN],
        more=len(lines) > SHOWN or (run is not None and run.cut),
        zones=rehearsal.zones(db.session, round_.id),
        told=_told(round_) if ahead else [],
        special=rehearsal.exceptions(db.session, round_.id),
    )


def _told(round_: Round) -> list[str]:
    """Who gets a letter about the close, and about the release of a seal that follows from it."""
    events = ["round.submission_closed", *(["round.unsealed"] if sealing.shut(round_) else [])]
    return [line for each in events for line in told_words(previews.told(db.session, each, round_.id))]


@blueprint.get("/rounds/<slug>/extensions")
def find_one(slug: str) -> ResponseReturnValue:
    """To the page of the submission whose code was typed."""
    round_ = enter(slug, Action.ROUND_FORESEE)
    code = request.args.get("code", "").strip().upper()
    try:
        extensions.ref_of(db.session, round_.id, code)
    except NotFound:
        flash(_("No submission of this round has that code."), "error")
        return redirect(url_for("organize.deadline", slug=slug))
    return redirect(url_for("organize.extend_one", slug=slug, code=code))


@blueprint.route("/rounds/<slug>/extensions/<code>", methods=["GET", "POST"])
def extend_one(slug: str, code: str) -> ResponseReturnValue:
    """Let one submission come later than the others."""
    shown = _one(slug, code)
    round_ = shown.round
    form = ExtendOneForm()
    if not form.is_submitted() and shown.submission.extended_to is not None:
        form.until.process_data(local(shown.submission.extended_to, round_.zone))
        form.reason.data = shown.submission.extension_reason
    if form.validate_on_submit():
        try:
            until = localtime.instant("until", form.until.data or "", ZoneInfo(round_.zone))
            with writing() as session:
                extensions.extend(session, actor(), shown.submission.ref, until, form.reason.data or "")
        except Refused as refusal:
            forms.show(form, refusal)
            shown = _one(slug, code)
        else:
            flash(_("%(code)s may be handed in later. Its team is told by mail.", code=code))
            return redirect(url_for("organize.deadline", slug=slug))
    return _page(shown, shown.round, form)


def _one(slug: str, code: str) -> Shown:
    """The submission under this pseudonym, as far as its organizer may know of it: not what is in it."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    ref = extensions.ref_of(db.session, round_.id, code)
    shown = queries.shown(db.session, ref, page_now())
    require(actor(), Action.SUBMISSION_EXTEND, shown.subject)
    return shown


def _page(shown: Shown, round_: Round, form: ExtendOneForm) -> ResponseReturnValue:
    page = draw(
        "organize/extend_one.html",
        round_,
        here="deadline",
        form=form,
        submission=shown.submission,
        usual=facts.closes_at(shown.windows, shown.requirement),
        extensions=extensions.of(db.session, shown.submission),
        late=queries.late_arrivals(db.session, shown.submission.id),
        judging=shown.windows.get(Stage.JUDGING),
        readable=can(actor(), Action.SUBMISSION_READ, shown.subject),
    )
    return page, 422 if form.errors else 200
