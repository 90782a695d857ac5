"""What a letter about an agreement that is carried out may speak of (see scenes)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from challenge.agreements.milestone_models import AgreementPayment, Milestone
from challenge.agreements.models import Agreement


def _agreement(session: Session, agreement_id: int) -> dict[str, Any]:
    return {"agreement": session.get_one(Agreement, agreement_id)}


def _milestone(session: Session, milestone_id: int) -> dict[str, Any]:
    return {"milestone": session.get_one(Milestone, milestone_id)}


def _payment(session: Session, payment_id: int) -> dict[str, Any]:
    return {"payment": session.get_one(AgreementPayment, payment_id)}


MILESTONES: Mapping[str, Callable[[Session, Any], dict[str, Any]]] = {
    "carried_out_id": _agreement,
    "milestone_id": _milestone,
    "agreement_payment_id": _payment,
}
