"""The public vote of a round: the entries that stand in it, one's own vote, the result after the close."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import voting
from challenge.rounds import pages, queries
from challenge.rules.errors import TooLate, WrongState
from challenge.rules.permissions import Action, require
from challenge.web import words
from challenge.web.public.room import blueprint
from challenge.web.public.rounds import frame

ROUTES: dict[str, dict[str, Action]] = {
    "vote": {"GET": Action.ROUND_READ, "POST": Action.VOTE_CAST},
}


@blueprint.route("/rounds/<slug>/vote", methods=["GET", "POST"])
def vote(slug: str) -> ResponseReturnValue:
    """Look, and vote once signed in."""
    if request.method == "GET":
        return _page(slug)
    round_, g.page_now = queries.by_slug_now(db.session, slug)
    try:
        with writing() as session:
            voting.cast(session, actor(), round_.id, request.form.get("entry", ""))
    except (TooLate, WrongState) as refusal:
        return _page(slug, words.say(refusal)), 409
    flash(_("Your vote is in."))
    return redirect(url_for("public.vote", slug=slug))


def _page(slug: str, message: str | None = None) -> str:
    head = pages.head(db.session, slug)
    require(actor(), Action.ROUND_READ, head.subject)
    round_, g.page_now = queries.by_slug_now(db.session, slug)
    shown = voting.poll(db.session, actor(), round_, g.page_now)
    return render_template("public/round_vote.html", **frame(head, "vote"), shown=shown, message=message)
