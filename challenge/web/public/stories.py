"""Results in figures, and stories of what came of needs."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.reports import figure_lines, public_figures
from challenge.reports import stories as service
from challenge.reports.public_figures import Row
from challenge.rounds import marks
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action
from challenge.web import listing as files
from challenge.web.public import kept
from challenge.web.public.lists import number_key
from challenge.web.public.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "stories": {"GET": Action.PAGE_READ},
    "story": {"GET": Action.PAGE_READ},
}
PAGE = 20
COLUMNS = files.columns("ref title text need_ref need round seeker published_at")


@blueprint.get("/results/stories")
def stories() -> ResponseReturnValue:
    """The funnel of the site, by programme and edition, and the stories, the newest first."""
    file = files.taken(
        "stories", COLUMNS, lambda session, after, limit: service.told(session, before=after, limit=limit)
    )
    if file is not None:
        return file
    mark = marks.of_site(db.session)
    return kept.answer(mark, _stories)


def _stories() -> str:
    before = number_key(request.args.get("before"))
    rows = service.told(db.session, before=before, limit=PAGE + 1)
    programmes = public_figures.programmes(db.session)
    slug = request.args.get("programme", "")
    chosen = next((each for each in programmes if each.slug == slug), None)
    whole = public_figures.site(db.session)
    told = public_figures.told(whole)
    told_of = public_figures.told_of(programmes, whole, told)
    parts: Sequence[Row] = programmes
    if chosen:
        whole, told = chosen.figures, told_of[chosen.id]
        parts = public_figures.rounds(db.session, chosen.id)
        told_of = public_figures.told_of(parts, whole, told)
    return render_template(
        "public/stories.html",
        stories=rows[:PAGE],
        older=url_for("public.stories", before=rows[PAGE - 1].id) if rows[PAGE:] else None,
        newer=url_for("public.stories") if before else None,
        lines=figure_lines.lines(whole),
        amount=public_figures.money(whole, told),
        chosen=chosen,
        parts=[
            (row, figure_lines.counts(row.figures), public_figures.money(row.figures, told_of[row.id]))
            for row in parts
        ],
        labels=list(figure_lines.labels().values()),
    )


@blueprint.get("/results/stories/<ref>")
def story(ref: str) -> ResponseReturnValue:
    """One story; its seeker is named only where it is public."""
    mark = marks.of_site(db.session)
    return kept.answer(mark, lambda: _story(ref))


def _story(ref: str) -> str:
    found = service.told(db.session, ref=ref)
    if not found:
        raise NotFound
    return render_template("public/story.html", story=found[0])
