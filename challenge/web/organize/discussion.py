"""The organizer reads where judges are far apart and what they say, and opens locked cards again."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import apart, reopening
from challenge.rules.errors import Invalid, NotFound, TooLate, WrongState
from challenge.rules.permissions import Action
from challenge.rules.spread import FLAG_FROM
from challenge.web import forms, words
from challenge.web.organize.room import blueprint, draw, enter_phase

ROUTES: dict[str, dict[str, Action]] = {
    "discussion": {"GET": Action.JUDGE_WATCH},
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


@blueprint.get("/rounds/<slug>/discussion", endpoint="discussion")
def discussion_page(slug: str) -> ResponseReturnValue:
    """The entries of a phase, those whose judges are furthest apart first, and the wishes of judges."""
    round_, phase = enter_phase(slug, Action.JUDGE_WATCH)
    return draw(
        "organize/discussion.html",
        round_,
        here="discussion",
        lines=apart.by_spread(db.session, phase) if phase is not None else [],
        wishes=apart.wishes(db.session, phase) if phase is not None else [],
        from_=FLAG_FROM,
        most=apart.PAGE,
    )


@blueprint.get("/rounds/<slug>/discussion/<ref>")
def talk(slug: str, ref: str) -> ResponseReturnValue:
    """One entry among its judges."""
    round_, phase = enter_phase(slug, Action.JUDGE_WATCH)
    if phase is None:
        raise NotFound
    shown = apart.talk(db.session, actor(), phase, ref)
    return draw("organize/talk.html", round_, here="discussion", shown=shown, from_=FLAG_FROM)


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


def _card(slug: str, ref: str, form: ReopenForm, message: str | None = None) -> str:
    round_, phase = enter_phase(slug, Action.JUDGE_WATCH)
    if phase is None:
        raise NotFound
    shown = apart.card(db.session, actor(), phase, ref)
    return draw(
        "organize/reopen.html", round_, here="discussion", card=shown, ref=ref, form=form, message=message
    )
