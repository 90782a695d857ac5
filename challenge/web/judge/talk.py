"""One entry among its judges, once all of one's own cards are locked: scores, words, a wish to change."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import discussing, peers, reopening
from challenge.rules.errors import Invalid, TooLate, WrongState
from challenge.rules.permissions import Action
from challenge.web import forms as shared
from challenge.web import words
from challenge.web.judge.forms import SayForm, WishForm
from challenge.web.judge.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "talk": {"GET": Action.ASSIGNMENT_READ},
    "say": {"POST": Action.DISCUSSION_WRITE},
    "wish": {"POST": Action.SCORE_ASK},
}


@blueprint.get("/<ref>/discussion")
def talk(ref: str) -> ResponseReturnValue:
    """What the others gave and say; before all of one's own are locked, what is left to do."""
    return _page(ref, SayForm(formdata=None), WishForm(formdata=None))


@blueprint.post("/<ref>/discussion")
def say(ref: str) -> ResponseReturnValue:
    """One more word; the same word twice is one."""
    form = SayForm()
    status, message = 422, None
    if form.validate_on_submit():
        try:
            with writing() as session:
                discussing.say(session, actor(), ref, form.text.data or "")
        except Invalid as refusal:
            shared.show(form, refusal)
        except WrongState as refusal:
            status, message = 409, words.say(refusal)
        else:
            return redirect(url_for("judge.talk", ref=ref, _anchor="said"))
    g.refused = True
    return _page(ref, form, WishForm(formdata=None), message), status


@blueprint.post("/<ref>/reopening")
def wish(ref: str) -> ResponseReturnValue:
    """Ask the organizer to open the own locked card again."""
    form = WishForm()
    status, message = 422, None
    if form.validate_on_submit():
        try:
            with writing() as session:
                reopening.ask(session, actor(), ref, form.reason.data or "")
        except Invalid as refusal:
            shared.show(form, refusal)
        except (TooLate, WrongState) as refusal:
            status, message = 409, words.say(refusal)
        else:
            flash(_("Asked. Your scorecard stays locked until the organizer opens it."))
            return redirect(url_for("judge.talk", ref=ref))
    g.refused = True
    return _page(ref, SayForm(formdata=None), form, message), status


def _page(ref: str, say_form: SayForm, wish_form: WishForm, message: str | None = None) -> str:
    shown = peers.around(db.session, actor(), ref)
    g.page_now = shown.place.now
    values = {"say_form": say_form, "wish_form": wish_form, "message": message}
    return render_template("judge/talk.html", shown=shown, **values)
