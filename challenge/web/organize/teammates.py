"""The board of teammates for its organizer: on or off, and posts that are hidden with a reason."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import queries
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, can
from challenge.submissions import board, board_pages
from challenge.web import listing as files
from challenge.web import words
from challenge.web.context import page_now
from challenge.web.list_columns import POSTS
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.public.lists import number_key

ROUTES: dict[str, dict[str, Action]] = {
    "teammates": {"GET": Action.ROUND_CONTROL},
    "switch_board": {"POST": Action.ROUND_EDIT},
    "hide_post": {"POST": Action.TEAMMATES_HIDE},
}
PAGE = 50
STATES = ("open", "closed", "hidden")


@blueprint.get("/rounds/<slug>/teammates", endpoint="teammates")
def teammates_page(slug: str) -> ResponseReturnValue:
    """Every post, and the switch."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    round_id = round_.id
    file = files.taken(
        f"teammates-{slug}",
        POSTS,
        lambda session, after, limit: board_pages.posts(session, round_id, STATES, after=after, limit=limit),
        personal=True,
        round_=round_,
    )
    if file is not None:
        return file
    return _page(round_)


@blueprint.post("/rounds/<slug>/teammates/switch")
def switch_board(slug: str) -> ResponseReturnValue:
    """On or off."""
    round_ = enter(slug, Action.ROUND_EDIT)
    with writing() as session:
        board.switch(session, actor(), round_.id, on=request.form.get("on") == "yes")
    flash(_("Saved."))
    return redirect(url_for("organize.teammates", slug=slug))


@blueprint.post("/rounds/<slug>/teammates/<ref>/hide")
def hide_post(slug: str, ref: str) -> ResponseReturnValue:
    """Take a post off the board, with the reason that its author gets."""
    enter(slug, Action.TEAMMATES_HIDE)
    try:
        with writing() as session:
            board.hide(session, actor(), ref, request.form.get("reason", ""))
    except Invalid as refusal:
        said = {ref: words.say(refusal)}
        return _page(enter(slug, Action.TEAMMATES_HIDE), said), refusal.status
    flash(_("Hidden. Its author gets a mail with the reason."))
    return redirect(url_for("organize.teammates", slug=slug))


def _page(round_: Round, errors: dict[str, str] | None = None) -> str:
    after = number_key(request.args.get("after"))
    rows = board_pages.posts(db.session, round_.id, STATES, after=after, limit=PAGE + 1)
    subject = queries.subject_of(round_, page_now())
    here = url_for("organize.teammates", slug=round_.slug)
    return draw(
        "organize/teammates.html",
        round_,
        here="teammates",
        rows=rows[:PAGE],
        errors=errors or {},
        hides=can(actor(), Action.TEAMMATES_HIDE, subject),
        older=f"{here}?after={rows[PAGE - 1].id}" if rows[PAGE:] else None,
        newer=here if after else None,
    )
