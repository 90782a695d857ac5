"""The running result of each entry, kept at every lock, so that no ranking page adds up scorecards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from challenge.base.db import insert_into
from challenge.judging import entries, rubric
from challenge.judging.models import Assignment, Phase, Score, Scorecard, Standing
from challenge.rules.scoring import Placed, rank
from challenge.submissions.models import Submission

Locked = dict[int, dict[int, dict[str, dict[str, Decimal | None]]]]
"""phase -> submission -> judge -> criterion -> locked score."""


def recompute(session: Session, phase_id: int, submission_id: int) -> None:
    """Keep one entry's standing right after one of its scorecards was locked or opened again."""
    recompute_many(session, phase_id, [submission_id])


def recompute_many(session: Session, phase_id: int, submission_ids: Collection[int]) -> None:
    """The same for several entries, in a fixed number of statements.

    Two judges who lock at once take turns here: the second reads what the first has committed.
    """
    wanted = sorted(set(submission_ids))
    turn = sa.select(Submission.id).where(Submission.id.in_(wanted)).order_by(Submission.id)
    session.execute(turn.with_for_update(key_share=True))
    known = phases(session, [phase_id])
    phase = known[phase_id]
    cards = locked(session, known, wanted)[phase_id]
    method, scales = rubric.method_of(phase), rubric.scales_of(phase.criteria)
    rows = []
    for submission_id in wanted:
        mine = cards.get(submission_id, {})
        (placed,) = rank({"": mine}, method, scales)
        rows.append(as_row(phase_id, submission_id, placed, len(mine)))
    put(session, rows)


def rebuild(session: Session, phase_ids: Collection[int]) -> int:
    """Compute every standing of these phases anew (after an import); how many there are."""
    session.execute(sa.delete(Standing).where(Standing.phase_id.in_(phase_ids)))
    known = phases(session, phase_ids)
    rows = []
    for phase_id, mine in locked(session, known).items():
        phase = known[phase_id]
        # Standings need no order among entries, so ties cost nothing here: each entry is ranked alone.
        method, scales = rubric.method_of(phase), rubric.scales_of(phase.criteria)
        for submission_id, cards in mine.items():
            (placed,) = rank({"": cards}, method, scales)
            rows.append(as_row(phase_id, submission_id, placed, len(cards)))
    put(session, rows)
    return len(rows)


def phases(session: Session, phase_ids: Collection[int]) -> dict[int, Phase]:
    """The phases with their criteria, by number (two statements)."""
    query = sa.select(Phase).where(Phase.id.in_(phase_ids)).options(selectinload(Phase.criteria))
    return {phase.id: phase for phase in session.scalars(query.execution_options(populate_existing=True))}


def locked(
    session: Session, known: Mapping[int, Phase], submission_ids: Collection[int] | None = None
) -> Locked:
    """All locked scores of these phases with their criteria (one statement); drafts are not looked at.

    Where points were carried on, every card has them on the carried criterion (one statement more): whatever
    the panel's rule, what all cards say is what the panel says.
    """
    query = (
        sa.select(
            Assignment.phase_id,
            Assignment.submission_id,
            Assignment.judge_id,
            Score.criterion_id,
            Score.value,
        )
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .join(Score, Score.scorecard_id == Scorecard.id)
        .where(Assignment.phase_id.in_(list(known)), Scorecard.state == "locked")
    )
    if submission_ids is not None:
        query = query.where(Assignment.submission_id.in_(submission_ids))
    found: Locked = {phase_id: {} for phase_id in known}
    for phase_id, entry, judge, criterion, value in session.execute(query):
        card = found[phase_id].setdefault(entry, {}).setdefault(str(judge), {})
        card[str(criterion)] = value
    _add_carried(session, known, found)
    return found


def _add_carried(session: Session, known: Mapping[int, Phase], found: Locked) -> None:
    later = [phase.id for phase in known.values() if any(each.carried for each in phase.criteria)]
    for phase_id, scores in entries.carried(session, later).items() if later else ():
        for submission_id, cards in found[phase_id].items():
            criterion, score = scores.get(submission_id, ("", None))
            for card in cards.values() if criterion else ():
                card[criterion] = score


def as_row(phase_id: int, submission_id: int, placed: Placed, scorecards: int) -> dict[str, Any]:
    """A standing as column values."""
    return {
        "phase_id": phase_id,
        "submission_id": submission_id,
        "total": placed.total,
        "panel": panel_text(placed.panel),
        "scorecards": scorecards,
    }


def panel_text(panel: Mapping[str, Decimal | None]) -> dict[str, str]:
    """Panel scores as they are stored: criterion -> figure as text, without the ones nobody scored."""
    return {criterion: str(score) for criterion, score in panel.items() if score is not None}


def put(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write standings, over what is there."""
    values = list(rows)
    for start in range(0, len(values), 500):
        statement = insert_into(session, Standing).values(values[start : start + 500])
        excluded = statement.excluded
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["phase_id", "submission_id"],
                set_={"total": excluded.total, "panel": excluded.panel, "scorecards": excluded.scorecards},
            )
        )
