"""An expert's verbs: take a diagnosis on or turn it down, write the opinion, propose wording, hand it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from challenge.base.db import insert_into
from challenge.requirements import diagnosing, identity, queries, rewording
from challenge.requirements import diagnosis_reads as reads
from challenge.requirements.content import Content, read
from challenge.requirements.diagnosis_models import Diagnosis, DiagnosisOpening
from challenge.requirements.faults import DRAFT_TEXT
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules.diagnosis import SCALES, VERDICTS
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.lifecycles import DIAGNOSIS
from challenge.rules.permissions import Action, Actor, Subject, can, require

ADVICE_LENGTH, REASON_LENGTH = 3000, 500


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an expert says: '' where nothing is said yet; `wording` holds every field as it was typed."""

    feasible: str = ""
    clear: str = ""
    novel: str = ""
    budget: str = ""
    verdict: str = ""
    advice: str = ""
    wording: Mapping[str, Any] = field(default_factory=dict)


def accept(session: Session, actor: Actor, ref: str) -> Diagnosis:
    """Take it on; from here on the confidential part opens, if whoever asked has allowed it."""
    diagnosis, requirement, now = _enter(session, actor, ref, Action.DIAGNOSIS_WRITE)
    if diagnosis.state in ("accepted", "handed_in"):
        return diagnosis
    diagnosis.state = DIAGNOSIS.step(diagnosis.state, "accept")
    diagnosis.answered_at = diagnosis.updated_at = now
    session.flush()
    diagnosing.announce(session, "diagnosis.accepted", diagnosis, requirement, now)
    diagnosing.record(session, actor, "diagnosis.accepted", diagnosis, requirement, now)
    return diagnosis


def decline(session: Session, actor: Actor, ref: str, reason: str) -> Diagnosis:
    """Turn it down, or give it back, with a reason that whoever asked reads."""
    diagnosis, requirement, now = _enter(session, actor, ref, Action.DIAGNOSIS_OWN)
    if diagnosis.state == "declined":
        return diagnosis
    reason = reason.strip()
    if not reason:
        raise Invalid("reason", "required")
    if len(reason) > REASON_LENGTH:
        raise Invalid("reason", "too_long", most=REASON_LENGTH, length=len(reason))
    diagnosis.state = DIAGNOSIS.step(diagnosis.state, "decline")
    diagnosis.reason = reason
    diagnosis.answered_at = diagnosis.updated_at = now
    session.flush()
    diagnosing.announce(session, "diagnosis.declined", diagnosis, requirement, now)
    diagnosing.record(session, actor, "diagnosis.declined", diagnosis, requirement, now)
    return diagnosis


def save(session: Session, actor: Actor, ref: str, opinion: Opinion) -> Diagnosis:
    """Keep what is written so far; anything may be missing still."""
    diagnosis, requirement, now = _enter(session, actor, ref, Action.DIAGNOSIS_WRITE)
    if diagnosis.state != "accepted":
        raise WrongState("diagnosis_closed")
    _write(session, diagnosis, requirement, opinion, now)
    return diagnosis


def hand_in(session: Session, actor: Actor, ref: str, opinion: Opinion) -> Diagnosis:
    """Say it for good: every question answered, advice given, proposals such as could be handed in."""
    diagnosis, requirement, now = _enter(session, actor, ref, Action.DIAGNOSIS_WRITE)
    if diagnosis.state == "handed_in":
        return diagnosis
    state = DIAGNOSIS.step(diagnosis.state, "hand_in")
    content = _write(session, diagnosis, requirement, opinion, now)
    found = [Invalid(name, "required") for name in (*SCALES, "verdict") if not getattr(diagnosis, name)]
    if not diagnosis.advice:
        found.append(Invalid("advice", "required"))
    elif len(diagnosis.advice) > ADVICE_LENGTH:
        found.append(Invalid("advice", "too_long", most=ADVICE_LENGTH, length=len(diagnosis.advice)))
    found += rewording.faults_of(content, diagnosis.wording, requirement.round.budget_ceiling_minor)
    if found:
        raise InvalidMany(found)
    diagnosis.state = state
    diagnosis.handed_in_at = now
    session.flush()
    diagnosing.announce(session, "diagnosis.handed_in", diagnosis, requirement, now)
    diagnosing.record(session, actor, "diagnosis.handed_in", diagnosis, requirement, now)
    return diagnosis


def _enter(
    session: Session, actor: Actor, ref: str, action: Action
) -> tuple[Diagnosis, Requirement, dt.datetime]:
    need = reads.need_of(session, ref)
    gate = gates.hold(session, need.round_id)
    requirement = queries.held(session, need.ref)
    diagnosis = reads.held(session, ref)
    require(actor, action, reads.subject_of(session, diagnosis, requirement, gate.now))
    return diagnosis, requirement, gate.now


def _write(
    session: Session, diagnosis: Diagnosis, requirement: Requirement, opinion: Opinion, now: dt.datetime
) -> Content:
    content = shown(session, requirement)
    own = rewording.wording_of(content)
    codes: Mapping[str, tuple[str, ...]] = {**SCALES, "verdict": VERDICTS}
    found = [
        Invalid(name, "not_a_choice")
        for name, known in codes.items()
        if (said := getattr(opinion, name)) and said not in known
    ]
    advice, wording = opinion.advice.strip(), rewording.proposed(own, opinion.wording)
    if len(advice) > DRAFT_TEXT:
        found.append(Invalid("advice", "too_long", most=DRAFT_TEXT, length=len(advice)))
    found += rewording.draft_faults_of(content, wording, requirement.round.budget_ceiling_minor)
    if found:
        raise InvalidMany(found)
    for name in codes:
        setattr(diagnosis, name, getattr(opinion, name) or None)
    diagnosis.advice, diagnosis.wording, diagnosis.seen = advice, wording, own
    diagnosis.updated_at = now
    session.flush()
    return content


def shown(session: Session, requirement: Requirement) -> Content:
    """What an expert reads of the requirement as it stands, the confidential part included."""
    return identity.veiled(
        session, requirement, read(requirement, queries.closed_part(session, requirement.id))
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """A diagnosis on its expert's desk; without `content` where there is nothing to be read now."""

    diagnosis: Diagnosis
    requirement: Requirement
    content: Content | None
    opened: bool
    writes: bool
    subject: Subject


def desk(session: Session, actor: Actor, ref: str, now: dt.datetime) -> Reading:
    """What its expert may read now; the confidential part is in it where it is `opened`, else empty.

    The caller notes an opening (see `openings`) before it is shown.
    """
    diagnosis = reads.by_ref(session, ref)
    requirement = queries.by_ref(session, reads.need_of(session, ref).ref)
    subject = reads.subject_of(session, diagnosis, requirement, now)
    require(actor, Action.DIAGNOSIS_OWN, subject)
    writes = diagnosis.state in reads.OPEN_STATES and can(actor, Action.DIAGNOSIS_WRITE, subject)
    if not writes:
        return Reading(diagnosis, requirement, None, opened=False, writes=False, subject=subject)
    opened = can(actor, Action.DIAGNOSIS_OPEN, subject)
    content = shown(session, requirement)
    if not opened:
        content = replace(content, confidential_part="")
    writes = diagnosis.state == "accepted"
    return Reading(diagnosis, requirement, content, opened=opened, writes=writes, subject=subject)


def note_opening(session: Session, diagnosis_id: int, actor: Actor, now: dt.datetime) -> None:
    """Write down that the confidential part is about to be shown; once an hour for each reader."""
    row = {
        "diagnosis_id": diagnosis_id,
        "reader_id": actor.user_id,
        "at": now,
        "hour": now.replace(minute=0, second=0, microsecond=0),
    }
    session.execute(insert_into(session, DiagnosisOpening).values([row]).on_conflict_do_nothing())
