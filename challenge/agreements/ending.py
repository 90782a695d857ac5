"""An agreement ended before its results were handed over, and what that makes of its need."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements import facts, trail
from challenge.agreements.models import Agreement
from challenge.audit import chain
from challenge.requirements.models import Requirement
from challenge.rules.agreement_lives import AGREEMENT, SIGNED
from challenge.rules.agreements import CONTRACTS
from challenge.rules.errors import Invalid
from challenge.rules.lifecycles import REQUIREMENT
from challenge.rules.permissions import Action, Actor

REASON_LENGTH = 500


def terminate(session: Session, actor: Actor, ref: str, reason: str) -> Agreement:
    """End it, with a reason that all its parties read. Twice is once.

    A need that was agreed on by no other contract that stands has failed.
    """
    held = facts.enter(session, actor, ref, Action.AGREEMENT_TERMINATE)
    agreement, now, reason = held.agreement, held.now, reason.strip()
    if agreement.state == "terminated":
        return agreement
    state = AGREEMENT.step(agreement.state, "terminate")
    if not reason:
        raise Invalid("reason", "required")
    if len(reason) > REASON_LENGTH:
        raise Invalid("reason", "too_long", most=REASON_LENGTH, length=len(reason))
    before, agreement.state = agreement.state, state
    agreement.reason, agreement.updated_at = reason, now
    session.flush()
    lapsed = _lapse(session, agreement, now)
    trail.announce(session, actor, "agreement.terminated", agreement, now, agreement.version)
    trail.record(session, actor, "agreement.terminated", agreement, now, before=before)
    if lapsed:
        need, of_round = agreement.requirement, chain.round_chain(agreement.requirement.round_id)
        chain.record(
            session,
            actor,
            "requirement.lapsed",
            f"requirement:{need.id}",
            chain=of_round,
            at=now,
            agreement=agreement.id,
        )
    return agreement


def _lapse(session: Session, agreement: Agreement, now: dt.datetime) -> bool:
    """Whether the need has failed by this: no other signed contract on it stands."""
    need = session.scalars(
        sa.select(Requirement)
        .where(Requirement.id == agreement.requirement_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if need.state != "agreed":
        return False
    others = sa.select(Agreement.id).where(
        Agreement.requirement_id == need.id, Agreement.state.in_(SIGNED), Agreement.kind.in_(CONTRACTS)
    )
    if session.scalar(others.limit(1)) is not None:
        return False
    need.state = REQUIREMENT.step(need.state, "lapse")
    need.updated_at = now
    session.flush()
    return True
