"""A published need, and the steps by which it changes."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.distribution.models import Recipient
from challenge.requirements import enacting, proposing, queries, services, versions
from challenge.requirements.enacting import Decision
from challenge.requirements.models import Requirement
from challenge.requirements.proposing import Written
from challenge.requirements.version_models import RequirementChange, RequirementVersion
from challenge.rounds.models import RoundWindow
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from tests.factories import DAY
from tests.requirements.needs import DETECTION, Call, need, open_call

NOTE = "The line got a new camera, so more is possible."
KEPT = Decision(close="keep", reason="Two months are left.")
# Who is told of what, in the world of tests/messages (event -> template -> who).
CHANGED = {
    "requirement.changed": {"requirement_changed": "drafter", "need_changed_seeker": "representative author"},
    "change.submitted": {"change_submitted": "organizer host_organizer"},
    "change.returned": {"change_returned": "representative author"},
    "question.corrected": {"answer_corrected": "asker"},
}
HARDER = dataclasses.replace(DETECTION, target="99.50")


def published(db: Session, call: Call, **content: Any) -> Requirement:
    """A need of the call's seeker that went the whole way."""
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id, need(**content))
    services.submit(db, call.as_seeker, draft.ref)
    return services.publish(db, call.as_organizer, draft.ref)


def running(db: Session, **round_values: Any) -> Call:
    """A round whose call and submission windows are both open."""
    now = clock.now(db)
    windows = {
        Stage.REQUIREMENTS: (now - DAY, now + 9 * DAY),
        Stage.SUBMISSION: (now - DAY, now + 9 * DAY),
        Stage.JUDGING: (now + 12 * DAY, now + 20 * DAY),
        Stage.AWARD: (now + 21 * DAY, now + 30 * DAY),
    }
    return open_call(Stage.SUBMISSION, rolling=True, windows=windows, **round_values)


def propose(db: Session, call: Call, ref: str, actor: Actor | None = None, **content: Any) -> str:
    """A change by the seeker, handed in (or by another actor, kept); its reference."""
    change = proposing.save(db, actor or call.as_seeker, ref, Written(need(**content), NOTE))
    if actor is None:
        proposing.hand_in(db, call.as_seeker, ref)
    return change.ref


def change(db: Session, call: Call, ref: str, said: Decision = KEPT, **content: Any) -> RequirementVersion:
    """A change that is proposed and published."""
    made = enacting.publish(db, call.as_organizer, propose(db, call, ref, **content), said)
    assert isinstance(made, RequirementVersion)
    return made


def close_of(db: Session, round_id: int) -> dt.datetime:
    """When the round's solutions close."""
    row = db.query(RoundWindow).filter_by(round_id=round_id, stage=Stage.SUBMISSION.value).one()
    db.refresh(row)
    assert row.closes_at is not None
    return row.closes_at


def change_facts(db: Session, requirement: Requirement) -> dict[str, int]:
    """What events about a change of this need carry: a change that was returned, and a version.

    Addresses without an account have asked for silence: their letters have a test of their own.
    """
    db.query(Recipient).update({"unsubscribed_at": clock.now(db)})
    versions.ensure(db, queries.by_ref(db, requirement.ref))
    requirement.version += 1
    content = proposing.in_force(db, queries.by_ref(db, requirement.ref))
    why = versions.Why(note=NOTE, reasons=[["goals", "text"]], close="keep", close_reason="Enough time.")
    version = versions.keep(db, requirement, content, why, clock.now(db))
    change = RequirementChange(
        requirement_id=requirement.id,
        side="seeker",
        state="returned",
        base=1,
        content=version.content,
        note=NOTE,
        reasons="By how much?",
    )
    db.query(RequirementChange).update({"state": "withdrawn"})
    db.add(change)
    db.flush()
    return {
        "requirement_id": requirement.id,
        "need_version_id": version.id,
        "change_id": change.id,
    }
