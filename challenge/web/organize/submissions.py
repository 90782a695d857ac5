"""What was handed in to a round: the list, one of them as it was entered, and ruling out with a reason."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import remarks
from challenge.rounds import queries as rounds
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, can, require
from challenge.submissions import queries, reading, submitting
from challenge.submissions.queries import ENTERED, Shown
from challenge.web import access
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.papers import frozen_file

ROUTES: dict[str, dict[str, Action]] = {
    "submissions": {"GET": Action.ROUND_CONTROL},
    "submission": {"GET": Action.SUBMISSION_READ},
    "submission_file": {"GET": Action.SUBMISSION_READ},
    "rule_out": {"POST": Action.SUBMISSION_RULE_OUT},
}


class RuleOutForm(FlaskForm):
    """Why a submission is ineligible."""

    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Give the reason. The team reads it.")), Length(max=1000)],
        description=_l("The team reads it, word for word."),
    )


@blueprint.get("/rounds/<slug>/submissions")
def submissions(slug: str) -> ResponseReturnValue:
    """What was handed in, fifty a page, by state."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    # An administrator controls rounds and still does not read what solvers propose.
    anything = rounds.subject_of(round_, page_now(), kind="submission", state="submitted")
    require(actor(), Action.SUBMISSION_READ, anything)
    state = request.args.get("state", "submitted")
    state = state if state in ENTERED else "submitted"
    after = request.args.get("after", type=int)
    rows = queries.of_round(db.session, round_.id, state, after=after, limit=queries.PAGE + 1)
    more = rows[queries.PAGE - 1].id if len(rows) > queries.PAGE else None
    return draw(
        "organize/submissions.html",
        round_,
        here="submissions",
        rows=rows[: queries.PAGE],
        state=state,
        states=ENTERED,
        after=after,
        older=url_for("organize.submissions", slug=slug, state=state, after=more) if more else None,
        first=url_for("organize.submissions", slug=slug, state=state) if after else None,
    )


@blueprint.get("/submissions/<ref>")
def submission(ref: str) -> ResponseReturnValue:
    """One of them, as it was entered: the version that stands, never the draft."""
    return _page(_enter(ref), RuleOutForm(formdata=None))


@blueprint.post("/submissions/<ref>/rule-out")
def rule_out(ref: str) -> ResponseReturnValue:
    """Rule it out as ineligible."""
    form = RuleOutForm()
    if form.validate_on_submit():
        with writing() as session:
            done = submitting.rule_out(session, actor(), ref, str(form.reason.data).strip())
        flash(_("%(code)s was ruled out. Its team gets a mail with the reason.", code=done.code))
        return redirect(url_for("organize.submission", ref=ref))
    shown = _enter(ref)
    require(actor(), Action.SUBMISSION_RULE_OUT, shown.subject)
    return _page(shown, form)


@blueprint.get("/submissions/<ref>/files/<int:place>")
def submission_file(ref: str, place: int) -> ResponseReturnValue:
    """A file as it was entered."""
    shown = _enter(ref)
    return frozen_file(queries.version(db.session, shown.submission.id), place, "organizer")


def _enter(ref: str) -> Shown:
    """The submission, for whoever organizes its round and is not in its team."""
    require(actor(), Action.ACCOUNT_USE)
    shown = queries.shown(db.session, ref, page_now())
    if not can(actor(), Action.ROUND_CONTROL, shown.subject):
        raise NotFound
    require(actor(), Action.SUBMISSION_READ, shown.subject)
    if actor().user_id in shown.material.team:
        raise NotFound  # in the team's own rooms it is read as a member, here as an organizer
    return shown


def _page(shown: Shown, form: RuleOutForm) -> ResponseReturnValue:
    version = queries.version(db.session, shown.submission.id, named=True)
    access.note("organizer", version)
    page = draw(
        "organize/submission.html",
        shown.round,
        here="submissions",
        form=form,
        shown=shown,
        submission=shown.submission,
        version=version,
        parts=reading.version_parts(db.session, shown.submission, version),
        remarks=remarks.of_submission(db.session, shown.submission.id),
        may_rule_out=can(actor(), Action.SUBMISSION_RULE_OUT, shown.subject),
        urls=[
            url_for("organize.submission_file", ref=shown.submission.ref, place=place)
            for place in range(1, len(version.manifest) + 1)
        ],
    )
    return page, 422 if form.errors else 200
