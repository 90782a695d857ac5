"""What an organizer sees of a phase that is not judged by scorecards: progress, the count, its table."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.judging import behind, counting, progress_of_ways, ranking, rubric
from challenge.judging.models import Phase
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, can
from challenge.web import phase_words
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter
from challenge.web.tables import as_csv

ROUTES: dict[str, dict[str, Action]] = {
    "count": {"GET": Action.RANKING_READ},
    "count_csv": {"GET": Action.RANKING_READ},
}


@blueprint.get("/rounds/<slug>/phases/<int:number>/count", endpoint="count")
def count_page(slug: str, number: int) -> ResponseReturnValue:
    """Who has locked, and, once the ranking is fixed, every stage of the count.

    Single ballots and the judges' reliability are for organizers alone, and for none behind an entry.
    """
    round_, phase = _enter(slug, number)
    fixed = ranking.in_force(db.session, phase.id)
    single = can(actor(), Action.SCORE_READ, rounds.subject_of(round_, page_now()))
    return draw(
        "organize/count.html",
        round_,
        here="phases",
        phase=phase,
        seats=progress_of_ways.seats(db.session, phase),
        working=counting.working_of(db.session, fixed.id) if fixed is not None else None,
        exact=counting.decimal_text,
        reads_single=single and not behind.of_phase(db.session, actor(), phase),
        wording=phase_words,
    )


@blueprint.get("/rounds/<slug>/phases/<int:number>/count.csv")
def count_csv(slug: str, number: int) -> ResponseReturnValue:
    """The count as a table: a row for each entry and stage, votes as exact fractions and as decimals."""
    _round, phase = _enter(slug, number)
    fixed = ranking.in_force(db.session, phase.id)
    working = counting.working_of(db.session, fixed.id) if fixed is not None else None
    if working is None:
        raise NotFound
    return as_csv(f"{slug}-count-{number}.csv", _lines(working))


def _lines(working: dict[str, Any]) -> list[list[Any]]:
    if working["way"] == "pairwise":
        return [["entry", "strength", "low_90", "high_90", "won", "lost"], *working["strengths"]]
    lines: list[list[Any]] = [["stage", "done", "entries", "tie", "entry", "votes_exact", "votes"]]
    for place, stage in enumerate(working["stages"], start=1):
        head = [place, stage["done"], " ".join(stage["entries"]), stage["tie"]]
        for code in working["order"]:
            votes = stage["votes"].get(code)
            if votes is not None:
                lines.append([*head, code, votes, counting.decimal_text(votes)])
    return lines


def _enter(slug: str, number: int) -> tuple[Round, Phase]:
    round_ = enter(slug, Action.RANKING_READ)
    phase = rubric.phase_or_404(db.session, round_.id, number)
    if phase.way == "scores":
        raise NotFound
    return round_, phase
