"""What if: the same scorecards by another method, other weights, or without a judge. Nothing is stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import laid_out, ranking
from challenge.judging.models import Phase, Ranking, RankingRow
from challenge.rules.scoring import Method, rank
from challenge.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is changed against the record: the method, weights by criterion, judges left out."""

    method: Method
    weights: Mapping[str, Decimal]
    without: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """An entry with its place on record and the supposed one; `up` is how many places it gains."""

    submission_id: int
    code: str
    before: int | None
    place: int | None
    shared: bool
    total_before: Decimal | None
    total: Decimal | None

    @property
    def up(self) -> int:
        """Places gained; below zero where it loses some, 0 where one of them has no place."""
        return self.before - self.place if self.before is not None and self.place is not None else 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The supposed order, held against the ranking in force or, without one, the standings as they are."""

    moves: tuple[Move, ...]
    moved: int
    winners_before: tuple[str, ...]
    winners: tuple[str, ...]


def judges_of(session: Session, phase_id: int) -> list[tuple[str, str]]:
    """The judges of a phase by number and label (one statement)."""
    return [(str(judge), label) for judge, label in laid_out.labels(session, phase_id).items()]


def suppose(session: Session, phase: Phase, fixed: Ranking | None, supposed: Supposed) -> Outcome:
    """Rank the phase's entries by what is supposed (seven statements at most); nothing is written.

    What people decided of ties stands. Raises ValueError where no criterion has any weight.
    """
    (computed,) = ranking.compute(session, [phase.id])
    criteria = [
        replace(each, weight=supposed.weights.get(each.id, each.weight)) for each in computed.criteria
    ]
    if not any(each.weight for each in criteria):
        raise ValueError("some criterion must weigh something")
    cards = {
        code: {judge: card for judge, card in mine.items() if judge not in supposed.without}
        for code, mine in computed.cards.items()
    }
    placed = rank(cards, supposed.method, criteria, computed.decisions)
    numbers = {result.code: result.submission_id for result in computed.results}
    before = (
        _record(session, fixed)
        if fixed is not None
        else {each.submission_id: (each.placed.place, each.placed.total) for each in computed.results}
    )
    moves = []
    for each in placed:
        number = numbers[each.entry]
        place, total = before.get(number, (None, None))
        moves.append(Move(number, each.entry, place, each.place, each.shared, total, each.total))
    return Outcome(
        tuple(moves),
        sum(each.before != each.place for each in moves),
        tuple(each.code for each in moves if each.before == 1),
        tuple(each.code for each in moves if each.place == 1),
    )


def titles(session: Session, submission_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Reference and title of these entries (one statement)."""
    query = sa.select(Submission.id, Submission.ref, Submission.title)
    rows = session.execute(query.where(Submission.id.in_(submission_ids)))
    return {number: (ref, title) for number, ref, title in rows}


def _record(session: Session, fixed: Ranking) -> dict[int, tuple[int | None, Decimal | None]]:
    query = sa.select(RankingRow.submission_id, RankingRow.place, RankingRow.total)
    rows = session.execute(query.where(RankingRow.ranking_id == fixed.id))
    return {number: (place, total) for number, place, total in rows}
