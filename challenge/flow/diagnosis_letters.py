"""Letters about expert diagnoses: to the expert, to whoever asked; a reminder before one is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.flow import audiences as who
from challenge.flow.audiences import Facts, Ids
from challenge.requirements import diagnosis_reads as reads
from challenge.requirements.diagnosis_models import Diagnosis
from challenge.rules.diagnosis import REMIND_DAYS
from challenge.tasks import queue

BATCH = 100  # as the daily work takes its parts
Saying = Callable[[Session, Facts], dict[str, Any]]


def asker(facts: Facts) -> Ids:
    """Whoever asked for the diagnosis; where that person is gone, the organizers."""
    this = sa.select(Diagnosis.asked_by).where(Diagnosis.id == facts["diagnosis_id"])
    known = this.where(Diagnosis.asked_by.is_not(None))
    everyone = who.organizers(facts).subquery()
    return sa.union(known, sa.select(everyone.c[0]).where(sa.not_(known.exists())))


def reason(session: Session, facts: Facts) -> dict[str, Any]:
    """Why an expert turned it down, and who it is."""
    diagnosis = session.get_one(Diagnosis, facts["diagnosis_id"])
    return {"said": diagnosis.reason or ""}


def question(session: Session, facts: Facts) -> dict[str, Any]:
    """What the expert is asked."""
    return {"said": session.get_one(Diagnosis, facts["diagnosis_id"]).question}


# event -> (template, audience, what it quotes); flow.mails takes them up.
ROWS: Mapping[str, tuple[tuple[str, who.Audience, Saying | None], ...]] = {
    "diagnosis.asked": (("diagnosis_asked", who.this_person, question),),
    "diagnosis.accepted": (),
    "diagnosis.declined": (("diagnosis_declined", asker, reason),),
    "diagnosis.handed_in": (("diagnosis_handed_in", asker, None),),
    "diagnosis.called_off": (("diagnosis_called_off", who.this_person, None),),
    "diagnosis.due": (("diagnosis_due", who.this_person, question),),
}


def remind(session: Session, facts: Mapping[str, Any]) -> list[int]:
    """Say of a part of the open diagnoses that they are due soon; of each once, whatever is asked twice.

    What was asked for as shortly before has just been told.
    """
    now, ahead = clock.now(session), dt.timedelta(days=REMIND_DAYS)
    found = reads.due_soon(session, now, ahead, facts["after"], BATCH)
    for diagnosis, round_id in found:
        if diagnosis.created_at < diagnosis.due_at - ahead:
            queue.announce(
                session,
                "diagnosis.due",
                f"diagnosis:{diagnosis.id}",
                mark=diagnosis.due_at.isoformat(),
                at=now,
                round_id=round_id,
                diagnosis_id=diagnosis.id,
                user_id=diagnosis.expert_id,
            )
    return [diagnosis.id for diagnosis, _round_id in found]
