"""What a step of a requirement leaves behind: its event, its audit entry, the figures of its round."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.permissions import Actor
from challenge.tasks import queue


def announce(session: Session, event: str, requirement: Requirement, now: dt.datetime) -> None:
    """Say downward that it happened (see flow.effects for what follows)."""
    queue.announce(
        session,
        event,
        f"requirement:{requirement.id}",
        mark=now.isoformat(),
        at=now,
        round_id=requirement.round_id,
        requirement_id=requirement.id,
    )


def record(
    session: Session, actor: Actor, action: str, requirement: Requirement, now: dt.datetime, **codes: str
) -> None:
    """Write the audit entry; last in the transaction, because the chain's head is a lock."""
    chain.record(
        session,
        actor,
        action,
        f"requirement:{requirement.id}",
        chain=chain.round_chain(requirement.round_id),
        at=now,
        **codes,
    )


def count(session: Session, requirement: Requirement, change: int) -> None:
    """Add a published requirement to the figures of its round (`change` 1), or take it away (-1)."""
    budget = requirement.budget_max_minor or requirement.budget_min_minor or 0
    same = sa.case((Round.currency == requirement.currency, budget * change), else_=0)
    session.execute(
        sa.update(Round)
        .where(Round.id == requirement.round_id)
        .values(
            requirement_count=Round.requirement_count + change,
            budget_minor=Round.budget_minor + same,
            version=Round.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


def touch(session: Session, round_id: int) -> None:
    """Count the round's version up: its pages have changed."""
    session.execute(
        sa.update(Round)
        .where(Round.id == round_id)
        .values(version=Round.version + 1)
        .execution_options(synchronize_session=False)
    )
