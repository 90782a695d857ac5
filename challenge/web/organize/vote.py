"""The organizer's side of a public vote: which entries stand in it, how many vote, the result afterwards."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import rubric, voting
from challenge.rules.errors import NotFound, WrongState
from challenge.rules.permissions import Action
from challenge.web import phase_words, words
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.tables import as_csv

ROUTES: dict[str, dict[str, Action]] = {
    "vote": {"GET": Action.ROUND_CONTROL, "POST": Action.PHASE_EDIT},
    "vote_csv": {"GET": Action.ROUND_CONTROL},
}


@blueprint.route("/rounds/<slug>/phases/<int:number>/vote", methods=["GET", "POST"])
def vote(slug: str, number: int) -> ResponseReturnValue:
    """Put entries up, and see how many have voted."""
    round_ = enter(slug, Action.PHASE_EDIT if request.method == "POST" else Action.ROUND_CONTROL)
    message = None
    if request.method == "POST":
        if request.form.get("agreed") != "y":
            message = _("Confirm that these teams agreed.")
        else:
            try:
                with writing() as session:
                    voting.put_up(session, actor(), round_.id, number, request.form.getlist("entry"))
            except WrongState as refusal:
                message = words.say(refusal)
                round_ = enter(slug, Action.ROUND_CONTROL)
            else:
                flash(_("Saved."))
                return redirect(url_for("organize.vote", slug=slug, number=number))
    phase = rubric.phase_or_404(db.session, round_.id, number)
    page = draw(
        "organize/vote.html",
        round_,
        here="phases",
        phase=phase,
        shown=voting.of_phase(db.session, round_, phase, page_now()),
        turnout=voting.turnout(db.session, phase),
        choices=voting.choices(db.session, phase),
        ticked=set(request.form.getlist("entry")) if message else None,
        message=message,
        wording=phase_words,
    )
    return page, 422 if message else 200


@blueprint.get("/rounds/<slug>/phases/<int:number>/vote.csv")
def vote_csv(slug: str, number: int) -> ResponseReturnValue:
    """The votes of each entry as a table, once the vote is closed; never who voted."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    phase = rubric.phase_or_404(db.session, round_.id, number)
    shown = voting.of_phase(db.session, round_, phase, page_now())
    if shown.state != "over":
        raise NotFound
    rows = [[each.code, each.votes] for each in shown.candidates]
    return as_csv(f"{slug}-vote-{number}.csv", [["entry", "votes"], *rows])
