"""The gallery of a round: what its teams let everyone see after the results."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from challenge.awards import gallery as shows
from challenge.base.db import db
from challenge.base.session import actor
from challenge.files.download import send
from challenge.rounds import pages
from challenge.rounds.pages import RoundHead
from challenge.rules.permissions import Action, require
from challenge.web import listing as files
from challenge.web.public import kept
from challenge.web.public.lists import number_key
from challenge.web.public.room import blueprint
from challenge.web.public.rounds import frame

ROUTES: dict[str, dict[str, Action]] = {
    "gallery": {"GET": Action.ROUND_READ},
    "gallery_entry": {"GET": Action.ROUND_READ},
    "gallery_file": {"GET": Action.ROUND_READ},
}
PAGE = 50
COLUMNS = files.columns(
    "ref title summary need_ref requirement team state",
    need_ref="requirement_ref",
    team="team_name",
    state=lambda row: "selected" if row.selected else None,
)


@blueprint.get("/rounds/<slug>/gallery")
def gallery(slug: str) -> ResponseReturnValue:
    """All that is shown of a round; an empty gallery says why."""
    head = _enter(slug)
    round_id = head.row.id
    file = files.taken(
        f"gallery-{slug}",
        COLUMNS,
        lambda session, after, limit: shows.entries(session, round_id, after or 0, limit),
        after=None,
    )
    if file is not None:
        return file
    return kept.answer(head.mark, lambda: _gallery(head), [head.mark.next_moment])


def _gallery(head: RoundHead) -> str:
    after = number_key(request.args.get("after")) or 0
    rows = shows.entries(db.session, head.row.id, after, PAGE + 1)
    here = url_for("public.gallery", slug=head.row.slug)
    return render_template(
        "public/round_gallery.html",
        **frame(head, "results"),
        rows=rows[:PAGE],
        older=f"{here}?after={after + PAGE}" if rows[PAGE:] else None,
        newer=here if after else None,
    )


@blueprint.get("/rounds/<slug>/gallery/<ref>")
def gallery_entry(slug: str, ref: str) -> ResponseReturnValue:
    """One entry with the files that its team chose."""
    head = _enter(slug)
    return kept.answer(head.mark, lambda: _entry(head, ref), [head.mark.next_moment])


def _entry(head: RoundHead, ref: str) -> str:
    values: dict[str, Any] = frame(head, "results")
    return render_template(
        "public/round_gallery_entry.html", **values, entry=shows.one(db.session, head.row.id, ref)
    )


@blueprint.get("/rounds/<slug>/gallery/<ref>/files/<int:place>")
def gallery_file(slug: str, ref: str, place: int) -> ResponseReturnValue:
    """One of those files; asked anew each time, so that what was taken back is gone at once."""
    head = _enter(slug)
    found = shows.file(db.session, head.row.id, ref, place)
    db.session.close()  # no connection is held while the bytes go out
    return send(found.sha256, found.size, found.media_type, found.name)


def _enter(slug: str) -> RoundHead:
    head = pages.head(db.session, slug)
    require(actor(), Action.ROUND_READ, head.subject)
    return head
