"""The judge's card on the desk, and what a phase adds beside it: the team, or words of the judges before.

Whose a proposal is, is selected in an open phase alone; in any other the statement does not name it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.base.db import is_sqlite
from challenge.judging.models import Assignment, Criterion, Phase, Score, Scorecard
from challenge.judging.places import Row
from challenge.judging.views import Card, Mark, Remark
from challenge.submissions.models import Version


def card_of(session: Session, row: Row) -> Card:
    """The card of a row of the sheet, with what its phase adds (one statement)."""
    is_open = row.blindness == "open"
    more = [team_of(row.submission_id).scalar_subquery()] if is_open else []
    carries = bool(row.carries_comments) and row.phase_number > 1
    if carries:
        more += [_words(row, sqlite=is_sqlite(session)), _feedback(row, sqlite=is_sqlite(session))]
    found = session.execute(_marks(row).add_columns(*more)).all()
    marks = tuple(Mark(*each[:11]) for each in found)
    extra = list(found[0][11:]) if found else []
    return Card(
        row.locked_at,
        row.saved_at,
        row.comment_organizer or "",
        row.comment_solver or "",
        marks,
        is_open,
        extra[0] if is_open and extra else None,
        _remarks(extra[-2:]) if carries and extra else (),
    )


def team_of(submission_id: int) -> sa.Select[dict[str, Any]]:
    """The team and its organization as the current version froze them: for judges of an open phase alone.

    Of a sealed round there is none before the seal is off.
    """
    return sa.select(Version.team).where(Version.submission_id == submission_id, Version.current)


def _marks(row: Row) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            *(Criterion.id, Criterion.name_zh, Criterion.name_en),
            *(Criterion.guidance_zh, Criterion.guidance_en),
            *(Criterion.minimum, Criterion.maximum, Criterion.step, Criterion.weight),
            Score.value,
            sa.func.coalesce(Score.comment, ""),
        )
        .select_from(Criterion)
        .outerjoin(Scorecard, Scorecard.assignment_id == row.id)
        .outerjoin(Score, sa.and_(Score.scorecard_id == Scorecard.id, Score.criterion_id == Criterion.id))
        .where(Criterion.phase_id == row.phase_id, sa.not_(Criterion.carried))
        .order_by(Criterion.position, Criterion.id)
    )


def _before(row: Row) -> sa.Select[*tuple[Any, ...]]:
    """The locked cards of the entry in the phase before."""
    phase, made, card = aliased(Phase), aliased(Assignment), aliased(Scorecard)
    return (
        sa.select(card.id.label("card_id"), card.comment_solver)
        .join(made, made.id == card.assignment_id)
        .join(phase, phase.id == made.phase_id)
        .where(phase.round_id == row.round_id, phase.number == row.phase_number - 1)
        .where(made.submission_id == row.submission_id, card.state == "locked")
    )


def _listed(sqlite: bool, *columns: Any) -> Any:
    """Rows as JSON lists in one list."""
    one, all_ = (
        (sa.func.json_array, sa.func.json_group_array)
        if sqlite
        else (sa.func.json_build_array, sa.func.json_agg)
    )
    return sa.type_coerce(all_(one(*columns)), sa.JSON)


def _words(row: Row, *, sqlite: bool) -> sa.ScalarSelect[Any]:
    """What they wrote on single criteria."""
    cards, score, about = _before(row).subquery("before"), aliased(Score), aliased(Criterion)
    listed = _listed(sqlite, about.name_zh, about.name_en, score.comment)
    query = sa.select(listed).select_from(cards).join(score, score.scorecard_id == cards.c.card_id)
    return query.join(about, about.id == score.criterion_id).where(score.comment != "").scalar_subquery()


def _feedback(row: Row, *, sqlite: bool) -> sa.ScalarSelect[Any]:
    """What they wrote to the solver; their words to the organizer stay there."""
    cards = _before(row).subquery("before_them")
    listed = _listed(sqlite, sa.null(), sa.null(), cards.c.comment_solver)
    return sa.select(listed).where(cards.c.comment_solver != "").scalar_subquery()


def _remarks(lists: list[Any]) -> tuple[Remark, ...]:
    """In the order of their texts, which tells nothing about who wrote which."""
    found = [Remark(*each) for each_list in lists for each in each_list or ()]
    return tuple(sorted(found, key=lambda each: (each.name_en or each.name_zh or "~", each.text)))
