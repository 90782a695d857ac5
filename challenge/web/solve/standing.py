"""What the rules of entry say of an entry, what its organizer holds against it, and the team's reply."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from challenge.accounts.models import User
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import screening
from challenge.rounds.models import Round
from challenge.rules import eligibility
from challenge.rules.permissions import Action, can
from challenge.submissions import entering
from challenge.submissions.limits import EntryRefused
from challenge.submissions.queries import Shown
from challenge.web.context import page_now
from challenge.web.entry_lines import limit_lines, refusal_lines, rule_lines
from challenge.web.solve.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "reply": {"GET": Action.SUBMISSION_READ, "POST": Action.SUBMISSION_REPLY},
}


class ReplyForm(FlaskForm):
    """The team's word."""

    reply = TextAreaField(
        lazy_gettext("Your reply"),
        [
            DataRequired(lazy_gettext("Fill this in.")),
            Length(max=screening.LONGEST, message=lazy_gettext("Shorten this to %(max)d characters.")),
        ],
        description=lazy_gettext("It is sent once, for the whole team, and stays on the record."),
    )


def at_start(round_: Round) -> dict[str, Any]:
    """Who the round is for, and what keeps the reader from beginning."""
    rules = rule_lines(eligibility.read(round_.eligibility)) + limit_lines(round_)
    person = db.session.get(User, actor().user_id)
    try:
        if person is not None:
            entering.at_start(db.session, round_, person, actor().represents, page_now())
    except EntryRefused as refusal:
        return {"rules": rules, "against": refusal_lines([refusal])}
    return {"rules": rules, "against": []}


def against(shown: Shown) -> list[str]:
    """What stands against submitting it, beside what is missing; nothing once it cannot be submitted."""
    if not can(actor(), Action.SUBMISSION_SUBMIT, shown.subject) or not shown.open:
        return []
    about = (shown.round, shown.submission, shown.material, shown.now)
    return refusal_lines(entering.hindrances(db.session, *about))


def values(shown: Shown) -> dict[str, Any]:
    """For the overview: the same, what is held against it, and whether it can stand again."""
    submission = shown.submission
    # A draft that was never submitted has nothing held against it.
    cases = screening.history(db.session, submission.id) if shown.material.last is not None else ()
    may_reinstate = can(actor(), Action.SUBMISSION_REINSTATE, shown.subject)
    return {
        "against": against(shown),
        "cases": cases,
        "may_reply": _may_reply(shown, cases),
        "may_reinstate": shown.open and may_reinstate and shown.material.last is not None,
    }


def _may_reply(shown: Shown, cases: Any) -> bool:
    open_ = any(each.state == "open" and shown.now < each.reply_until for each in cases)
    return open_ and can(actor(), Action.SUBMISSION_REPLY, shown.subject)


@blueprint.route("/<ref>/reply", methods=["GET", "POST"])
def reply(ref: str) -> ResponseReturnValue:
    """Reply to what is held against the entry."""
    form = ReplyForm()
    if form.validate_on_submit():
        with writing() as session:
            text = str(form.reply.data).replace("\r\n", "\n").strip()
            screening.reply(session, actor(), ref, text)
        flash(_("Sent. The organizer decides, and you get a mail."))
        return redirect(url_for("solve.show", ref=ref))
    shown = enter(ref, Action.SUBMISSION_REPLY if form.is_submitted() else Action.SUBMISSION_READ)
    cases = screening.history(db.session, shown.submission.id)
    if not _may_reply(shown, cases):
        return redirect(url_for("solve.show", ref=ref))
    page = draw("solve/reply.html", shown, form=form, cases=cases[:1])
    return page, 422 if form.errors else 200
