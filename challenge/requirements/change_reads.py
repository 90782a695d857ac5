"""Reads of proposed changes: those of a need, those that wait in a round, one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from challenge.requirements.models import Requirement
from challenge.requirements.version_models import OPEN, RequirementChange
from challenge.rules.errors import NotFound


def of_need(session: Session, requirement_id: int, side: str | None = None) -> Sequence[RequirementChange]:
    """The open changes of a need, with what is closed in them (one statement)."""
    mine = (RequirementChange.requirement_id == requirement_id, RequirementChange.state.in_(OPEN))
    query = whole().where(*mine, *([RequirementChange.side == side] if side else []))
    return session.scalars(query.order_by(RequirementChange.id)).all()


def waiting(session: Session, round_id: int, limit: int = 50) -> Sequence[Any]:
    """Changes in a round that wait for its organizers, the oldest first (one statement).

    Each with `ref`, `number`, `title_zh` and `title_en` of its need, and since when it waits.
    """
    query = (
        sa.select(
            RequirementChange.ref,
            RequirementChange.updated_at,
            Requirement.number,
            Requirement.title_zh,
            Requirement.title_en,
        )
        .join(Requirement, Requirement.id == RequirementChange.requirement_id)
        .where(Requirement.round_id == round_id, RequirementChange.state == "submitted")
        .where(Requirement.state == "published")
    )
    return session.execute(query.order_by(RequirementChange.updated_at).limit(limit)).all()


def by_ref(session: Session, ref: str) -> RequirementChange:
    """One change with what is closed in it; raises NotFound."""
    found = session.scalar(whole().where(RequirementChange.ref == ref))
    if found is None:
        raise NotFound
    return found


def held(session: Session, ref: str) -> RequirementChange:
    """The same to be decided, its row locked."""
    locked = whole().where(RequirementChange.ref == ref).with_for_update()
    found = session.scalar(locked.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def requirement_of(session: Session, change_ref: str) -> str:
    """The ref of the need that a change is of; raises NotFound."""
    query = sa.select(Requirement.ref).join(
        RequirementChange, RequirementChange.requirement_id == Requirement.id
    )
    ref = session.scalar(query.where(RequirementChange.ref == change_ref))
    if ref is None:
        raise NotFound
    return ref


def whole() -> sa.Select[RequirementChange]:
    """Changes with what is closed in them: for those who write or decide them."""
    return sa.select(RequirementChange).options(undefer(RequirementChange.closed))
