"""A judge's reads of all that is theirs: the piles by round, what comes next, own scores side by side."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.judging.compared import Compared, Comparison, Heading
from challenge.judging.models import Assignment, Criterion, PanelJudge, Phase, Score, Scorecard
from challenge.judging.places import Columns, Row, in_place, place_of
from challenge.judging.scorecards import JUDGED
from challenge.judging.views import Pile, Waiting
from challenge.requirements.models import Requirement
from challenge.rules.errors import NotFound
from challenge.rules.lifecycles import TAKEN
from challenge.rules.permissions import Actor
from challenge.submissions.models import Submission, Version


def piles(session: Session, actor: Actor) -> list[Pile]:
    """The actor's assignments by phase, the one that closes first on top (one statement)."""
    rows = session.execute(_lines(), {"judge": actor.user_id}).all()
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.phase_id, []).append(row)
    made = [_pile(phase_id, mine) for phase_id, mine in found.items()]
    return sorted(made, key=lambda pile: (pile.place.over, pile.place.window.closes_at or pile.place.now))


def pile_of(session: Session, actor: Actor, ref: str) -> Pile:
    """The pile that the assignment `ref` of the actor lies in (one statement); raises NotFound."""
    for pile in piles(session, actor):
        if any(line.ref == ref for line in pile.lines):
            return pile
    raise NotFound


def next_ref(session: Session, actor: Actor, ref: str) -> str | None:
    """What the judge of `ref` does next in the same phase, if anything is left (one statement)."""
    for pile in piles(session, actor):
        if any(line.ref == ref for line in pile.lines):
            return pile.next.ref if pile.next is not None else None
    return None


def own_scores(session: Session, actor: Actor, phase_id: int) -> Comparison:
    """The actor's own scores in a phase, drafts and locked, nobody else's (three statements)."""
    mine = next((pile for pile in piles(session, actor) if pile.phase_id == phase_id), None)
    if mine is None:
        raise NotFound
    criteria = session.execute(
        sa.select(
            *(Criterion.id, Criterion.name_zh, Criterion.name_en),
            *(Criterion.minimum, Criterion.maximum, Criterion.step, Criterion.weight),
        )
        .where(Criterion.phase_id == phase_id, sa.not_(Criterion.carried))
        .order_by(Criterion.position, Criterion.id)
    )
    finished = mine.progress.locked == mine.progress.count
    values, ends = _own_values(session, actor, phase_id, finished=finished)
    rows = [
        Compared(
            line.ref,
            line.code,
            line.title,
            line.state,
            values.get(line.ref, {}),
            line.total,
            ends.get(line.ref),
        )
        for line in mine.lines
        if line.state in TAKEN
    ]
    rows.sort(key=lambda row: (row.total is None, -(row.total or 0), row.code))
    undeclared = tuple(line for line in mine.lines if line.state == "invited")
    headings = tuple(Heading(*row) for row in criteria)
    return Comparison(mine.phase_id, mine.place, headings, tuple(rows), undeclared, mine.flag_percent)


def _own_values(
    session: Session, actor: Actor, phase_id: int, *, finished: bool
) -> tuple[dict[str, dict[int, Decimal]], dict[str, tuple[Decimal, Decimal]]]:
    """The actor's scores by assignment and criterion; once `finished`, how far each entry's totals reach."""
    scores = session.execute(
        sa.select(Assignment.ref, Score.criterion_id, Score.value, *(_ends() if finished else ()))
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .join(Score, Score.scorecard_id == Scorecard.id)
        .where(PanelJudge.user_id == actor.user_id, Assignment.phase_id == phase_id, Score.value.is_not(None))
    )
    values: dict[str, dict[int, Decimal]] = {}
    ends: dict[str, tuple[Decimal, Decimal]] = {}
    for ref, criterion, value, *both in scores:
        values.setdefault(ref, {})[criterion] = value
        if both:
            ends[ref] = (both[0], both[1])
    return values, ends


def _ends() -> list[sa.ScalarSelect[Any]]:
    """The lowest and the highest locked total of an assignment's entry: only for judges who are done."""
    other, card = aliased(Assignment), aliased(Scorecard)
    same = sa.and_(other.submission_id == Assignment.submission_id, other.phase_id == Assignment.phase_id)
    totals = sa.select(card.total).join(other, other.id == card.assignment_id)
    locked = totals.where(same, card.state == "locked").correlate(Assignment)
    return [
        locked.with_only_columns(each(card.total)).scalar_subquery() for each in (sa.func.min, sa.func.max)
    ]


def _pile(phase_id: int, rows: list[Row]) -> Pile:
    lines = tuple(
        Waiting(
            row.ref,
            row.code,
            row.state,
            row.title or "",
            row.requirement_zh,
            row.requirement_en,
            row.scored,
            row.criteria,
            row.saved_at,
            row.locked_at,
            row.total,
        )
        for row in rows
    )
    at = next((row for row in rows if row.open_until is not None), rows[0])  # one is open again
    return Pile(phase_id, rows[0].label, place_of(at), lines, rows[0].way, rows[0].flag_percent)


@cache
def _lines() -> Columns:
    """Every assignment of the person `:judge` whose entry still stands, in the order it was made."""
    scored = (
        sa.select(sa.func.count(Score.value))
        .where(Score.scorecard_id == Scorecard.id)
        .correlate(Scorecard)
        .scalar_subquery()
    )
    criteria = (
        sa.select(sa.func.count(Criterion.id))
        .where(Criterion.phase_id == Assignment.phase_id, sa.not_(Criterion.carried))
        .correlate(Assignment)
        .scalar_subquery()
    )
    query = in_place(
        sa.select(
            Assignment.ref,
            Assignment.state,
            Assignment.phase_id,
            Phase.way,
            Phase.flag_percent,
            PanelJudge.label,
            Submission.code,
            Version.content["title"].as_string().label("title"),
            Requirement.title_zh.label("requirement_zh"),
            Requirement.title_en.label("requirement_en"),
            scored.label("scored"),
            criteria.label("criteria"),
            Scorecard.saved_at,
            Scorecard.locked_at,
            Scorecard.total,
        )
    )
    return (
        query.outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(PanelJudge.user_id == sa.bindparam("judge"), Submission.state.in_(JUDGED))
        .order_by(Assignment.id)
    )
