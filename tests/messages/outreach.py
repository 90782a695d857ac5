"""A need on its way, a broker and a meeting, for the table of letters."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.distribution.models import Care, Dispatch, Recipient
from challenge.docking.models import Docking, DockingPair
from challenge.requirements.diagnosis_models import Diagnosis
from challenge.requirements.models import Requirement

if TYPE_CHECKING:
    from tests.messages.world import World

# event -> template -> who, for the table of letters
DIAGNOSES: dict[str, dict[str, str]] = {
    "diagnosis.asked": {"diagnosis_asked": "judge"},
    "diagnosis.accepted": {},
    "diagnosis.declined": {"diagnosis_declined": "organizer"},
    "diagnosis.handed_in": {"diagnosis_handed_in": "organizer"},
    "diagnosis.called_off": {"diagnosis_called_off": "judge"},
    "diagnosis.due": {"diagnosis_due": "judge"},
}


def diagnosis(world: World) -> dict[str, Any]:
    """The organizer asks the judge, as an expert, about the need; what goes along with an event about it."""
    made = Diagnosis(
        requirement_id=world.requirement.id,
        expert_id=world.people["judge"].id,
        asked_by=world.people["organizer"].id,
        question="Can it be done?",
        due_at=clock.now(world.db),
        state="declined",
        reason="No time.",
        seen={"title_zh": "检测", "title_en": "Inspection"},
    )
    world.db.add(made)
    world.db.flush()
    return {"diagnosis_id": made.id, "user_id": made.expert_id}


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
