"""The organizer's verbs on what was handed in: return it with reasons, reject it, publish it numbered."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import is_sqlite
from challenge.requirements import clearing, drafting, facts, proposing, queries, trail, versions
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor

REASONS_LENGTH = 2000
# One line for numbers on the platform; the second half of the key is the year.
NUMBER_LOCK = 7302


def give_back(session: Session, actor: Actor, ref: str, reasons: str) -> Requirement:
    """Return it to its author, who can change it and hand it in again; the reasons say what to change."""
    return _decide(session, actor, ref, "return", "returned", reasons)


def reject(session: Session, actor: Actor, ref: str, reasons: str) -> Requirement:
    """Turn it down for good, with reasons for its author."""
    return _decide(session, actor, ref, "reject", "rejected", reasons)


def _decide(session: Session, actor: Actor, ref: str, verb: str, state: str, reasons: str) -> Requirement:
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    subject = facts.screening_subject(session, requirement, gate.now)
    # Its branch returns and rejects as well, while it lies at the branch's desk.
    action = Action.REQUIREMENT_SCREEN_FIRST if subject.with_branch else Action.REQUIREMENT_SCREEN
    if not facts.to_be_taken(actor, action, subject, verb):
        return requirement
    if not reasons.strip():
        raise Invalid("reasons", "required")
    if len(reasons) > REASONS_LENGTH:
        raise Invalid("reasons", "too_long", most=REASONS_LENGTH, length=len(reasons))
    requirement.state = state
    requirement.state_reason = reasons.strip()
    requirement.updated_at = gate.now
    session.flush()
    trail.announce(session, f"requirement.{state}", requirement, gate.now)
    trail.record(session, actor, f"requirement.{state}", requirement, gate.now)
    return requirement


def publish(session: Session, actor: Actor, ref: str) -> Requirement:
    """Put it before everyone under a number that it keeps (R-2026-014), while solutions can still come."""
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    subject = facts.screening_subject(session, requirement, gate.now)
    if not facts.to_be_taken(actor, Action.REQUIREMENT_SCREEN, subject, "publish"):
        return requirement
    if gate.round.cancelled_at is not None:
        raise WrongState("round_cancelled")
    drafting.check_submission_ahead(gate)
    found = drafting.missing(session, requirement)
    if requirement.closes_at is not None and requirement.closes_at <= gate.now:
        found.append(Invalid("closes_at", "closes_in_past", at=requirement.closes_at))
    unsettled = clearing.open_count(session, requirement)
    if unsettled:
        found.append(Invalid("redaction", "redaction_open", count=unsettled))
    if found:
        raise InvalidMany(found)
    requirement.number = requirement.number or _next_number(session, gate.now, gate.round.zone)
    requirement.state = "published"
    requirement.state_reason = None
    requirement.published_at = requirement.updated_at = gate.now
    session.flush()
    content = proposing.in_force(session, requirement)
    why = versions.Why(author_id=requirement.author_id, publisher_id=actor.user_id)
    versions.keep(session, requirement, content, why, gate.now)
    trail.count(session, requirement, 1)
    trail.announce(session, "requirement.published", requirement, gate.now)
    trail.record(session, actor, "requirement.published", requirement, gate.now, number=requirement.number)
    return requirement


def _next_number(session: Session, now: dt.datetime, zone: str) -> str:
    """The next number of the year; whoever asks at the same time waits until this transaction has ended."""
    year = now.astimezone(ZoneInfo(zone)).year
    if not is_sqlite(session):  # SQLite's one write lock is held since the gate
        lock = sa.text("SELECT pg_advisory_xact_lock(:space, :year)")
        session.execute(lock, {"space": NUMBER_LOCK, "year": year})
    start = f"R-{year}-"
    tail = sa.cast(sa.func.substr(Requirement.number, len(start) + 1), sa.Integer)
    last = session.scalar(sa.select(sa.func.max(tail)).where(Requirement.number.startswith(start)))
    return f"{start}{(last or 0) + 1:03d}"
