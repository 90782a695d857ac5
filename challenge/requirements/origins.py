"""A need that comes again: it repeats one of an earlier edition, and in figures both are one need."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import facts, queries, trail
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

LONGEST = 40


def repeat(session: Session, actor: Actor, ref: str, number: str) -> Requirement:
    """Say which need of another edition it repeats, by its number (R-2025-014); '' where it is a new one.

    What repeats it in turn, and what that one repeats, become one with it. Said twice, it is said once.
    Raises `Invalid("origin", "origin_unknown" | "origin_same_round")`.
    """
    gate = gates.hold(session, queries.round_of(session, ref), exclusive=True)
    requirement = queries.held(session, ref)
    require(actor, Action.REQUIREMENT_REPEAT, facts.subject_of(requirement, gate.now))
    origin_id = _origin(session, requirement, number.strip()[:LONGEST]) if number.strip() else None
    if requirement.origin_id == origin_id:
        return requirement
    requirement.origin_id = origin_id
    session.flush()
    moved = [requirement.id]
    if origin_id is not None:
        moved += _follow(session, requirement.id, origin_id)
    for each in moved:  # the figures of every one of them move
        about = {"round_id": requirement.round_id, "requirement_id": each}
        subject = f"requirement:{each}"
        queue.announce(
            session, "requirement.repeats", subject, mark=gate.now.isoformat(), at=gate.now, **about
        )
    said = number.strip() if origin_id is not None else ""
    trail.record(session, actor, "requirement.repeats", requirement, gate.now, origin=said)
    return requirement


def _origin(session: Session, requirement: Requirement, number: str) -> int | None:
    columns = (Requirement.id, Requirement.round_id, Requirement.origin_id)
    found = session.execute(sa.select(*columns).where(Requirement.number == number.upper())).one_or_none()
    if found is None:
        raise Invalid("origin", "origin_unknown")
    if found.round_id == requirement.round_id:
        raise Invalid("origin", "origin_same_round")
    # Of two that name each other, the first that was named stays the first.
    first = found.origin_id or found.id
    return None if first == requirement.id else int(first)


def _follow(session: Session, requirement_id: int, origin_id: int) -> list[int]:
    """What repeats this need repeats its origin from now on: nothing repeats what repeats another."""
    mine = sa.select(Requirement.id).where(Requirement.origin_id == requirement_id)
    ids = list(session.scalars(mine.order_by(Requirement.id)))
    change = sa.update(Requirement).where(Requirement.id.in_(ids)).values(origin_id=origin_id)
    session.execute(change.execution_options(synchronize_session=False))
    return ids


def number_of(session: Session, requirement: Requirement) -> str | None:
    """The number of what it repeats; one statement at most."""
    if requirement.origin_id is None:
        return None
    return session.scalar(sa.select(Requirement.number).where(Requirement.id == requirement.origin_id))
