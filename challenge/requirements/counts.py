"""How many public requirements each field has: counted up to a bound, so that it costs the same anywhere."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import FIELDS, Requirement
from challenge.rounds.models import Round

COUNTED = 100


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How many requirements a field has; `more` says that counting stopped there."""

    field: str
    count: int
    more: bool


def field_counts(session: Session, round_id: int | None = None) -> list[FieldCount]:
    """Public requirements per field, in the order of FIELDS, each counted up to `COUNTED`; one statement."""
    counts = []
    for field in FIELDS:
        some = (
            sa.select(sa.literal(1).label("one"))
            .select_from(Requirement)
            .join(Round, Round.id == Requirement.round_id)
            .where(Requirement.field == field, Requirement.state.in_(PUBLIC_STATES), Round.public)
            .limit(COUNTED + 1)
        )
        if round_id is not None:
            some = some.where(Requirement.round_id == round_id)
        few = some.subquery()
        counts.append(sa.select(sa.literal(field), sa.func.count()).select_from(few))
    found = {row[0]: row[1] for row in session.execute(sa.union_all(*counts))}
    return [FieldCount(field, min(found[field], COUNTED), found[field] > COUNTED) for field in FIELDS]
