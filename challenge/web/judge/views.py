"""A judge's queue, the declaration before reading, stepping back, and abstaining."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import declaring, piles, queries
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, require
from challenge.web import forms as shared
from challenge.web.judge.forms import AbstentionForm, DeclarationForm, RecusalForm
from challenge.web.judge.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "queue": {"GET": Action.ACCOUNT_USE},
    "declare": {"GET": Action.ASSIGNMENT_DECLARE, "POST": Action.ASSIGNMENT_DECLARE},
    "abstain": {"GET": Action.ASSIGNMENT_ABSTAIN, "POST": Action.ASSIGNMENT_ABSTAIN},
    "recuse": {"GET": Action.ASSIGNMENT_RECUSE, "POST": Action.ASSIGNMENT_RECUSE},
}


@blueprint.get("/")
def queue() -> ResponseReturnValue:
    """Everything that is assigned to me, by round, and what comes next."""
    require(actor(), Action.ACCOUNT_USE)
    mine = piles.piles(db.session, actor())
    if mine:
        g.page_now = mine[0].place.now  # the query has read the clock already
    return render_template("judge/queue.html", piles=mine, reader_id=actor().user_id)


@blueprint.route("/<ref>/declaration", methods=["GET", "POST"])
def declare(ref: str) -> ResponseReturnValue:
    """My word before reading: no conflict, a conflict, or no time."""
    form = DeclarationForm()
    if form.validate_on_submit():
        try:
            return _declared(ref, str(form.answer.data), form.reason.data or "")
        except (Invalid, InvalidMany) as refusal:
            shared.show(form, refusal)
    shown = queries.introduction(db.session, actor(), ref, Action.ASSIGNMENT_DECLARE)
    g.page_now = shown.place.now
    if shown.state in ("accepted", "completed"):
        return redirect(url_for("judge.desk", ref=ref))
    return render_template("judge/declaration.html", shown=shown, form=form), 422 if form.errors else 200


def _declared(ref: str, answer: str, reason: str) -> ResponseReturnValue:
    with writing() as session:
        if answer == "accept":
            declaring.accept(session, actor(), ref)
        elif answer == "recuse":
            declaring.recuse(session, actor(), ref, reason, action=Action.ASSIGNMENT_DECLARE)
        else:
            declaring.decline(session, actor(), ref, reason)
    if answer == "accept":
        flash(_("Declared. You may read and score it now."))
        return redirect(url_for("judge.desk", ref=ref))
    flash(_("Thank you for saying so. The organizer will find another judge."))
    return redirect(url_for("judge.queue"))


@blueprint.route("/<ref>/recusal", methods=["GET", "POST"])
def recuse(ref: str) -> ResponseReturnValue:
    """A conflict that I noticed after accepting."""
    said = _l("You stepped back. Your draft does not count; the organizer will find another judge.")
    return _end(ref, RecusalForm(), declaring.recuse, Action.ASSIGNMENT_RECUSE, "judge/recusal.html", said)


@blueprint.route("/<ref>/abstention", methods=["GET", "POST"])
def abstain(ref: str) -> ResponseReturnValue:
    """No scorecard of mine for this one, and no conflict either."""
    said = _l("You abstain on this proposal. The organizer may ask another judge.")
    form, page = AbstentionForm(), "judge/abstention.html"
    return _end(ref, form, declaring.abstain, Action.ASSIGNMENT_ABSTAIN, page, said)


def _end(
    ref: str,
    form: RecusalForm | AbstentionForm,
    act: Callable[..., object],
    action: Action,
    page: str,
    said: LazyString,
) -> ResponseReturnValue:
    """A judge takes themselves off an entry, with a reason."""
    if form.validate_on_submit():
        try:
            with writing() as session:
                act(session, actor(), ref, form.reason.data or "")
        except (Invalid, InvalidMany) as refusal:
            shared.show(form, refusal)
        else:
            flash(str(said))
            return redirect(url_for("judge.queue"))
    shown = queries.introduction(db.session, actor(), ref, action)
    g.page_now = shown.place.now
    return render_template(page, shown=shown, form=form), 422 if form.errors else 200
