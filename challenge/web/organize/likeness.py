"""What the likeness check found: pairs of entries, one pair side by side. A reason to look, no verdict."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.flow import likeness as flow
from challenge.rounds.models import Round
from challenge.rules.permissions import Action, Subject, can, require
from challenge.submissions import likeness, likeness_pages
from challenge.submissions.likeness_pages import PAGE
from challenge.tasks import queue
from challenge.web import access
from challenge.web import listing as files
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "likeness": {"GET": Action.ROUND_CONTROL},
    "check_likeness": {"POST": Action.LIKENESS_READ},
    "likeness_pair": {"GET": Action.LIKENESS_READ},
}


COLUMNS = files.columns("share common code title other_code other_title other_round")


@blueprint.get("/rounds/<slug>/likeness", endpoint="likeness")
def pairs_page(slug: str) -> ResponseReturnValue:
    """The pairs, or why there are none to see."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    subject = _subject(round_)
    reads = can(actor(), Action.LIKENESS_READ, subject)
    round_id = round_.id
    file = files.taken(
        f"likeness-{slug}",
        COLUMNS,
        lambda session, after, limit: (
            likeness_pages.pairs(session, round_id, after or 0, limit) if reads else []
        ),
        after=None,
        personal=True,
        round_=round_,
    )
    if file is not None:
        return file
    after = max(request.args.get("after", 0, type=int), 0)
    rows = likeness_pages.pairs(db.session, round_.id, after, PAGE + 1) if reads else []
    here = url_for("organize.likeness", slug=slug)
    return draw(
        "organize/likeness.html",
        round_,
        here="likeness",
        run=likeness.known(db.session, round_.id) if reads else None,
        rows=rows[:PAGE],
        reads=reads,
        conflicted=bool(subject.conflicted),
        least=round(likeness.SHARE * 100),
        older=f"{here}?after={after + PAGE}" if rows[PAGE:] else None,
        newer=here if after else None,
    )


@blueprint.post("/rounds/<slug>/likeness")
def check_likeness(slug: str) -> ResponseReturnValue:
    """Have the check run again."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    require(actor(), Action.LIKENESS_READ, _subject(round_))
    with writing() as session:
        queue.put(session, *flow.of_round(session, {"round_id": round_.id}))
    flash(_("The check runs. Reload this page in a minute."))
    return redirect(url_for("organize.likeness", slug=slug))


@blueprint.get("/rounds/<slug>/likeness/<ref>/<other>")
def likeness_pair(slug: str, ref: str, other: str) -> ResponseReturnValue:
    """Two entries side by side, their common passages marked. Both teams see that they were read."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    require(actor(), Action.LIKENESS_READ, _subject(round_))
    found = likeness_pages.beside(db.session, round_.id, ref, other)
    for side in found.sides:
        access.note("organizer", side.version)
    round_ = enter(slug, Action.ROUND_CONTROL)
    return draw(
        "organize/likeness_pair.html",
        round_,
        here="likeness",
        pair=found.pair,
        sides=found.sides,
        run=likeness.known(db.session, round_.id),
    )


def _subject(round_: Round) -> Subject:
    return likeness_pages.subject_of(db.session, actor(), round_, page_now())
