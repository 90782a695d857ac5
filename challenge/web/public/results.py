"""Results: rounds with a public notice or published winners, and what one of them decided."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from challenge.awards import listing, objection_reads
from challenge.awards import queries as awards
from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import public as judging
from challenge.rounds import marks, pages
from challenge.rounds.pages import RoundHead
from challenge.rules.permissions import Action, require
from challenge.web import listing as files
from challenge.web import objection_words
from challenge.web.context import page_now
from challenge.web.public import kept, taken
from challenge.web.public.lists import number_key, time_key, time_text
from challenge.web.public.room import blueprint
from challenge.web.public.rounds import frame, method_words

ROUTES: dict[str, dict[str, Action]] = {
    "results": {"GET": Action.PAGE_READ},
    "round_results": {"GET": Action.ROUND_READ},
}
PAGE = 50


@blueprint.get("/results")
def results() -> ResponseReturnValue:
    """Rounds with results, the latest first."""
    if form := files.asked():
        return files.file(form, taken.of_results())
    mark = marks.of_site(db.session)
    return kept.answer(mark, _results)


def _results() -> str:
    after = time_key(request.args.get("after"))
    rows = listing.results(db.session, after=after, limit=PAGE + 1)
    kept.expect(*(row.notice_ends_at for row in rows))
    here = url_for("public.results")
    return render_template(
        "public/results.html",
        rows=rows[:PAGE],
        older=f"{here}?after={time_text(rows[PAGE - 1].key)}" if rows[PAGE:] else None,
        newer=here if after else None,
    )


@blueprint.get("/rounds/<slug>/results")
def round_results(slug: str) -> ResponseReturnValue:
    """The public notice, or the final winners, what became of each need, and the published ranking."""
    head = pages.head(db.session, slug, *listing.STATE)
    require(actor(), Action.ROUND_READ, head.subject)
    state = listing.ResultState(*head.extra)
    if form := files.asked():
        wanted = taken.of_ranking(slug, head.row.id, named=state.imported, final=state.final)
        return files.file(form, wanted)
    moments = [head.mark.next_moment, state.ends_at]
    return kept.answer(head.mark, lambda: _round_results(head, state), moments)


def _round_results(head: RoundHead, state: listing.ResultState) -> str:
    round_id = head.row.id
    after = number_key(request.args.get("after")) or 0
    noticed = state.starts_at is not None
    ranking = None
    if state.final:
        ranking = judging.ranking(db.session, round_id, named=state.imported, after=after, limit=PAGE + 1)
    here = url_for("public.round_results", slug=head.row.slug)
    return render_template(
        "public/round_results.html",
        **frame(head, "results"),
        state=state,
        winners=awards.winners(db.session, round_id=round_id) if noticed else [],
        objections=_objections(round_id, state),
        notice_runs=state.ends_at is not None and page_now() < state.ends_at and not state.published_at,
        grounds=objection_words,
        outcomes=awards.outcomes(db.session, round_id) if noticed else [],
        method=method_words(ranking),
        **_ranking(ranking, here, after),
    )


def _objections(round_id: int, state: listing.ResultState) -> objection_reads.Told | None:
    """The numbers and answers, of a round that has or had a notice; one statement where any was filed."""
    if state.starts_at is None:
        return None
    return objection_reads.told(db.session, round_id) if state.objections else objection_reads.Told()


def _ranking(ranking: judging.PublicRanking | None, here: str, after: int) -> dict[str, Any]:
    if ranking is None:
        return {"criteria": (), "lines": [], "older": None, "newer": None}
    shown = ranking.rows[:PAGE]
    return {
        "criteria": ranking.criteria,
        "lines": [
            (row, [plain(row.panel.get(str(each.id))) for each in ranking.criteria], plain(row.total))
            for row in shown
        ],
        "older": f"{here}?after={shown[-1].position}#ranking" if ranking.rows[PAGE:] else None,
        "newer": f"{here}#ranking" if after else None,
    }


def plain(value: Decimal | str | None) -> str:
    """A figure of a ranking with two decimals at least; a dash for an absence."""
    if value is None:
        return "–"
    number = Decimal(value)
    return f"{number:.2f}" if number == round(number, 2) else f"{number.normalize():f}"
