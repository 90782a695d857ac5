"""What a letter about an agreement that is carried out may speak of (see scenes)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from challenge.agreements.milestone_models import AgreementPayment, Milestone
from challenge.rules.services import day_at


def _milestone(session: Session, milestone_id: int) -> dict[str, Any]:
    found = session.get_one(Milestone, milestone_id)
    return {"milestone": found, "day": day_at(found.due_on) if found.due_on else None}


def _payment(session: Session, payment_id: int) -> dict[str, Any]:
    found = session.get_one(AgreementPayment, payment_id)
    return {"payment": found, "day": day_at(found.due_on) if found.due_on else None}


MILESTONES: Mapping[str, Callable[[Session, Any], dict[str, Any]]] = {
    "milestone_id": _milestone,
    "agreement_payment_id": _payment,
}
