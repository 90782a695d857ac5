"""Drafts of scorecards as they are written: one card or all of a table, always in two statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy.orm import Session

from challenge.base.db import insert_into
from challenge.judging.models import Score, Scorecard
from challenge.judging.scorecards import Desk, Entered, Saved, against, check, score_in

_FOUR_PLACES = Decimal("0.0001")  # what the total's column keeps


def keep(session: Session, desk: Desk, entered: Entered, now: dt.datetime) -> Saved:
    """Keep the draft of a card that was taken.

    What was changed elsewhere since its writer saw it is left as it is, and named. Raises InvalidMany.
    """
    entered, contested = against(desk, entered)
    check(desk.cells, entered)
    (saved,) = write(session, [(desk, entered)], now)
    return replace(saved, contested=contested)


def write(session: Session, typed: Sequence[tuple[Desk, Entered]], now: dt.datetime) -> list[Saved]:
    """Write what was checked into cards that were taken: the cards, then all their scores."""
    values = [{cell.id: score_in(cell, entered.scores) for cell in desk.cells} for desk, entered in typed]
    totals = [
        weighted([(mine[cell.id], cell.scale.weight) for cell in desk.cells])
        for (desk, _), mine in zip(typed, values, strict=True)
    ]
    cards = insert_into(session, Scorecard).values(
        [_card(desk, entered, total, now) for (desk, entered), total in zip(typed, totals, strict=True)]
    )
    changed = {
        name: cards.excluded[name] for name in ("total", "comment_organizer", "comment_solver", "saved_at")
    }
    kept = cards.on_conflict_do_update(index_elements=["assignment_id"], set_=changed)
    ids = dict(session.execute(kept.returning(Scorecard.assignment_id, Scorecard.id)).all())
    scores = insert_into(session, Score).values(
        [
            {
                "scorecard_id": ids[desk.assignment_id],
                "criterion_id": cell.id,
                "value": mine[cell.id],
                "comment": entered.comments.get(cell.id, cell.comment),
            }
            for (desk, entered), mine in zip(typed, values, strict=True)
            for cell in desk.cells
        ]
    )
    new = {"value": scores.excluded.value, "comment": scores.excluded.comment}
    session.execute(scores.on_conflict_do_update(index_elements=["scorecard_id", "criterion_id"], set_=new))
    done = [sum(value is not None for value in mine.values()) for mine in values]
    return [Saved(now, *each) for each in zip(done, map(len, values), totals, strict=True)]


def _card(desk: Desk, entered: Entered, total: Decimal | None, now: dt.datetime) -> dict[str, Any]:
    return {
        "assignment_id": desk.assignment_id,
        "state": "draft",
        "total": total,
        "comment_organizer": desk.to_organizer if entered.to_organizer is None else entered.to_organizer,
        "comment_solver": desk.to_solver if entered.to_solver is None else entered.to_solver,
        "saved_at": now,
    }


def weighted(scores: Sequence[tuple[Decimal | None, Decimal]]) -> Decimal | None:
    """One judge's weighted total of (score, weight), or None while a criterion has no score."""
    if any(value is None for value, _ in scores):
        return None
    total = sum((value * weight for value, weight in scores if value is not None), Decimal(0))
    return total.quantize(_FOUR_PLACES, ROUND_HALF_UP)
