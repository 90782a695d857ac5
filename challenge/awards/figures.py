"""The funnel of the whole site in figures: needs collected, published, solutions received, needs solved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rules.lifecycles import ENTERED
from challenge.submissions.models import Submission

HANDED_IN = ("submitted", "returned", "rejected", *PUBLIC_STATES)
SOLVED = ("selected", "agreed", "delivered")


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of what really happened here. `fields`: public requirements by field."""

    fields: Mapping[str, int]
    collected: int
    published: int
    solutions: int
    solved: int


def site_figures(session: Session) -> Figures:
    """Counted in one statement, over covering indexes. Whoever draws pages keeps the answer for a while.

    A need that was withdrawn still counts as far as it came: the audit trail tells whether it was handed in.
    """
    kind = sa.literal
    no_field = sa.null().label("field")
    states = sa.select(
        kind("state").label("kind"), Requirement.field, Requirement.state, sa.func.count()
    ).group_by(Requirement.field, Requirement.state)
    gone = sa.select(Requirement.id).where(Requirement.state == "withdrawn")
    was_published = gone.where(Requirement.published_at.is_not(None)).subquery()
    handed_in = sa.exists().where(
        AuditEntry.subject == sa.literal("requirement:") + sa.cast(Requirement.id, sa.Text),
        AuditEntry.action == "requirement.submitted",
    )
    was_handed_in = gone.where(Requirement.published_at.is_(None), handed_in).subquery()
    received = (
        sa.select(Submission.id)
        .where(Submission.requirement_id.is_not(None), Submission.state.in_(ENTERED))
        .subquery()
    )
    counts = [
        sa.select(
            kind(name), no_field, sa.null(), sa.select(sa.func.count()).select_from(rows).scalar_subquery()
        )
        for name, rows in (
            ("was_published", was_published),
            ("was_handed_in", was_handed_in),
            ("received", received),
        )
    ]
    return _figures([tuple(row) for row in session.execute(sa.union_all(states, *counts))])


def _figures(rows: list[tuple[str, str | None, str | None, int]]) -> Figures:
    states = [(field, state, count) for kind, field, state, count in rows if kind == "state"]
    found = {kind: count for kind, _field, _state, count in rows if kind != "state"}
    fields: dict[str, int] = {}
    for field, state, count in states:
        if field and state in PUBLIC_STATES:
            fields[field] = fields.get(field, 0) + count

    def of(wanted: tuple[str, ...]) -> int:
        return sum(count for _field, state, count in states if state in wanted)

    published = of(PUBLIC_STATES) + found["was_published"]
    collected = of(HANDED_IN) + found["was_published"] + found["was_handed_in"]
    return Figures(fields, collected, published, found["received"], of(SOLVED))
