"""A need on its way, a broker and a meeting, for the table of letters."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.distribution.models import Care, Dispatch, Recipient
from challenge.docking.models import Docking, DockingPair
from challenge.requirements.models import Requirement


def outreach(db: Session, requirement: Requirement, broker: User) -> dict[str, dict[str, Any]]:
    """The facts of events about them, by kind of subject."""
    now = clock.now(db)
    recipient = Recipient(address="solver@example.com", name="Solver")
    db.add(recipient)
    db.flush()
    dispatch = Dispatch(
        requirement_id=requirement.id,
        recipient_id=recipient.id,
        channel="mail",
        state="interested",
        note="We have a sensor.",
        expires_at=now,
    )
    care = Care(requirement_id=requirement.id, broker_id=broker.id, reason="Too far away.")
    pair = DockingPair(requirement_id=requirement.id, recipient_id=recipient.id)
    db.add_all([dispatch, care, pair])
    db.flush()
    hour = dt.timedelta(hours=1)
    docking = Docking(
        pair_id=pair.id,
        number=1,
        channel="video",
        starts_at=now,
        ends_at=now + hour,
        next_action="Send samples",
    )
    db.add(docking)
    db.flush()
    need = {"requirement_id": requirement.id}
    return {
        "dispatch": {"dispatch_id": dispatch.id, **need},
        "care": {"care_id": care.id, "user_id": broker.id, **need},
        "docking": {"docking_id": docking.id, **need},
    }
