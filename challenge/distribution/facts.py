"""The facts of a requirement on its way out: those of its own, and who looks after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.distribution.models import Care
from challenge.requirements import facts
from challenge.requirements.models import Requirement
from challenge.rules.permissions import Subject


def subject_of(session: Session, requirement: Requirement, now: dt.datetime) -> Subject:
    """The facts of a requirement (its round with programme and windows loaded), with its broker."""
    found = claimed(session, [requirement.id])
    return replace(facts.subject_of(requirement, now), broker_id=found.get(requirement.id))


def claimed(session: Session, requirement_ids: Sequence[int]) -> Mapping[int, int]:
    """Requirement -> the broker who has claimed it (one statement)."""
    query = sa.select(Care.requirement_id, Care.broker_id).where(
        Care.requirement_id.in_(requirement_ids), Care.state == "claimed"
    )
    return {row[0]: row[1] for row in session.execute(query)}
