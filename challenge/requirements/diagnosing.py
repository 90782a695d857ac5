"""Verbs of whoever decides on a requirement: ask an expert, call it off, give an opinion to the seeker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import diagnosis_reads as reads
from challenge.requirements import facts, identity, queries, rewording, trail
from challenge.requirements.content import read
from challenge.requirements.diagnosis_models import Diagnosis
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.lifecycles import DIAGNOSIS
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

QUESTION_LENGTH = 1000
LONGEST = dt.timedelta(days=90)
MOST_OPEN = 10  # experts at work on one requirement


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is asked, what, until when; what of the requirement they read, and who learns their name."""

    expert_id: int
    question: str
    due_at: dt.datetime
    with_closed: bool = False
    named: bool = False


def ask(session: Session, actor: Actor, ref: str, wish: Wish) -> Diagnosis:
    """Ask somebody for an opinion on a requirement that waits to be decided. The same again asks once.

    Raises Invalid `expert` for whoever is tied to the seeker, has no account, or is asked already.
    """
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    require(actor, Action.DIAGNOSIS_ASK, facts.screening_subject(session, requirement, gate.now))
    wish = replace(wish, question=wish.question.strip())
    open_ = _open_of(session, requirement.id)
    known = next((each for each in open_ if each.expert_id == wish.expert_id), None)
    if known is not None and _same(known, wish):
        return known
    _check(session, actor, requirement, wish, gate.now, open_)
    content = identity.veiled(
        session, requirement, read(requirement, queries.closed_part(session, requirement.id))
    )
    diagnosis = Diagnosis(
        requirement_id=requirement.id,
        expert_id=wish.expert_id,
        asked_by=actor.user_id,
        question=wish.question,
        due_at=wish.due_at,
        with_closed=wish.with_closed,
        named=wish.named,
        seen=rewording.wording_of(content),
        created_at=gate.now,
        updated_at=gate.now,
    )
    session.add(diagnosis)
    session.flush()
    announce(session, "diagnosis.asked", diagnosis, requirement, gate.now)
    record(session, actor, "diagnosis.asked", diagnosis, requirement, gate.now)
    return diagnosis


def _open_of(session: Session, requirement_id: int) -> list[Diagnosis]:
    this = (Diagnosis.requirement_id == requirement_id, Diagnosis.state.in_(reads.OPEN_STATES))
    return list(session.scalars(sa.select(Diagnosis).where(*this)))


def _same(known: Diagnosis, wish: Wish) -> bool:
    names = ("question", "due_at", "with_closed", "named")
    return all(getattr(known, name) == getattr(wish, name) for name in names)


def _check(
    session: Session,
    actor: Actor,
    requirement: Requirement,
    wish: Wish,
    now: dt.datetime,
    open_: Collection[Diagnosis],
) -> None:
    found = []
    if reads.person(session, wish.expert_id) is None:
        found.append(Invalid("expert", "nobody_by_address"))
    elif wish.expert_id == actor.user_id:
        found.append(Invalid("expert", "expert_yourself"))
    elif any(each.expert_id == wish.expert_id for each in open_):
        found.append(Invalid("expert", "expert_asked"))
    elif reads.tied(session, requirement, wish.expert_id):
        found.append(Invalid("expert", "expert_tied"))
    elif len(open_) >= MOST_OPEN:
        found.append(Invalid("expert", "experts_enough", most=MOST_OPEN))
    if not wish.question:
        found.append(Invalid("question", "required"))
    elif len(wish.question) > QUESTION_LENGTH:
        found.append(Invalid("question", "too_long", most=QUESTION_LENGTH, length=len(wish.question)))
    if not now < wish.due_at <= now + LONGEST:
        found.append(Invalid("due_on", "due_out_of_range", most=LONGEST.days))
    if found:
        raise InvalidMany(found)


def call_off(session: Session, actor: Actor, ref: str) -> Diagnosis:
    """An opinion is not needed any more; its expert is told. What was handed in stays."""
    need = reads.need_of(session, ref)
    gate = gates.hold(session, need.round_id)
    requirement = queries.held(session, need.ref)
    # Also once the requirement has been decided on: nobody is left writing for nothing.
    subject = facts.screening_subject(session, requirement, gate.now)
    require(actor, Action.DIAGNOSIS_ASK, replace(subject, state="submitted"))
    diagnosis = reads.held(session, ref)
    if diagnosis.state == "called_off":
        return diagnosis
    diagnosis.state = DIAGNOSIS.step(diagnosis.state, "call_off")
    diagnosis.updated_at = gate.now
    session.flush()
    announce(session, "diagnosis.called_off", diagnosis, requirement, gate.now)
    record(session, actor, "diagnosis.called_off", diagnosis, requirement, gate.now)
    return diagnosis


def give(session: Session, actor: Actor, ref: str, chosen: Collection[str]) -> None:
    """Let the seeker read these opinions and proposals, with the decision that is about to be taken.

    Called before the decision, in its transaction. Those that the seeker has already stay as they are.
    """
    if not chosen:
        return
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    subject = facts.screening_subject(session, requirement, gate.now)
    require(actor, Action.DIAGNOSIS_ASK, replace(subject, state="submitted"))
    query = sa.select(Diagnosis).where(
        Diagnosis.requirement_id == requirement.id, Diagnosis.ref.in_(chosen), Diagnosis.state == "handed_in"
    )
    found = list(session.scalars(query.with_for_update()))
    if len(found) != len(set(chosen)):
        raise NotFound
    fresh = [each for each in found if each.given_at is None]
    if fresh and requirement.state != "submitted":
        raise WrongState("wrong_state")
    for diagnosis in fresh:
        diagnosis.given_at = gate.now
    session.flush()
    for diagnosis in fresh:
        record(session, actor, "diagnosis.given", diagnosis, requirement, gate.now)


def announce(
    session: Session, event: str, diagnosis: Diagnosis, requirement: Requirement, now: dt.datetime
) -> None:
    """Say downward that it happened. Nothing of the requirement goes along: experts get letters of it."""
    queue.announce(
        session,
        event,
        f"diagnosis:{diagnosis.id}",
        mark=now.isoformat(),
        at=now,
        round_id=requirement.round_id,
        diagnosis_id=diagnosis.id,
        user_id=diagnosis.expert_id,
    )


def record(
    session: Session,
    actor: Actor,
    action: str,
    diagnosis: Diagnosis,
    requirement: Requirement,
    now: dt.datetime,
) -> None:
    """Write the audit entry; last in the transaction."""
    trail.record(session, actor, action, requirement, now, diagnosis=diagnosis.ref)
