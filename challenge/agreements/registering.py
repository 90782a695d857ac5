"""A signed contract at the registry of technology contracts: what it asks, filed, registered or refused."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements import facts, trail
from challenge.agreements.facts import Held
from challenge.agreements.models import Agreement
from challenge.agreements.signing_models import AgreementRecord, RegistryStep
from challenge.rules import registry
from challenge.rules.agreement_lives import AGREEMENT, REGISTRATION, SIGNED
from challenge.rules.agreements import Terms, told
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor
from challenge.rules.registry import Facts
from challenge.tasks import queue


def facts_of(agreement: Agreement, record: AgreementRecord) -> tuple[Terms, Facts]:
    """What was signed, and what was said of it for the registry."""
    terms = told(record.document["statement"]["terms"])
    return terms, registry.told(terms, agreement.registration_facts)


def steps(session: Session, agreement: Agreement) -> Sequence[RegistryStep]:
    """How it went there, the newest first (one statement)."""
    mine = sa.select(RegistryStep).where(RegistryStep.agreement_id == agreement.id)
    return session.scalars(mine.order_by(RegistryStep.id.desc())).all()


def save(session: Session, actor: Actor, ref: str, said: Facts) -> Agreement:
    """Keep what is asked, as far as it is known. Not while it lies at the registry, nor once it is there.

    Raises InvalidMany by field, WrongState("registry_filed").
    """
    held, terms = _enter(session, actor, ref)
    if faults := registry.check(terms, said):
        raise InvalidMany(faults)
    if held.agreement.registration in ("filed", "registered"):
        if held.agreement.registration_facts == registry.kept(said):
            return held.agreement
        raise WrongState("registry_filed")
    if held.agreement.registration_facts != registry.kept(said):
        held.agreement.registration_facts = registry.kept(said)
        session.flush()
        trail.record(session, actor, "agreement.registry_saved", held.agreement, held.now)
    return held.agreement


def file(session: Session, actor: Actor, ref: str) -> Agreement:
    """It was handed in at the registry. Twice is once. Raises WrongState("registry_incomplete")."""
    held, terms = _enter(session, actor, ref)
    if held.agreement.registration == "filed":
        return held.agreement
    state = REGISTRATION.step(held.agreement.registration, "file")
    if lacks := registry.missing(terms, registry.told(terms, held.agreement.registration_facts)):
        raise WrongState("registry_incomplete", count=len(lacks))
    _move(session, actor, held, state)
    return held.agreement


def register(session: Session, actor: Actor, ref: str, number: str) -> Agreement:
    """The registry has registered it under this number; the agreement moves on. Twice is once."""
    held, _terms = _enter(session, actor, ref)
    plain = " ".join(number.split())
    if not plain:
        raise Invalid("number", "required")
    if len(plain) > registry.NUMBER:
        raise Invalid("number", "too_long", most=registry.NUMBER, length=len(plain))
    agreement = held.agreement
    if agreement.registration == "registered" and agreement.registration_number == plain:
        return agreement
    state = REGISTRATION.step(agreement.registration, "register")
    taken = sa.select(Agreement.id).where(
        Agreement.registration_number == plain, Agreement.id != agreement.id
    )
    if session.scalar(taken.limit(1)) is not None:
        raise Invalid("number", "registry_number_taken")
    if agreement.state == "signed":  # one that is completed already stays so
        agreement.state = AGREEMENT.step(agreement.state, "register")
    agreement.registration_number = plain
    _move(session, actor, held, state, number=plain)
    return agreement


def refuse(session: Session, actor: Actor, ref: str, reason: str) -> Agreement:
    """The registry has refused it; it can be filed again. Twice is once."""
    held, _terms = _enter(session, actor, ref)
    plain = reason.strip()
    if not plain:
        raise Invalid("reason", "required")
    if len(plain) > registry.REASON:
        raise Invalid("reason", "too_long", most=registry.REASON, length=len(plain))
    if held.agreement.registration == "refused":
        return held.agreement
    _move(session, actor, held, REGISTRATION.step(held.agreement.registration, "refuse"), reason=plain)
    return held.agreement


def _enter(session: Session, actor: Actor, ref: str) -> tuple[Held, Terms]:
    """The agreement held, with what was signed; an intent is no contract and is not registered."""
    held = facts.enter(session, actor, ref, Action.AGREEMENT_REGISTER)
    record = session.get(AgreementRecord, held.agreement.id)
    if record is None or held.agreement.state not in SIGNED:
        raise WrongState("registry_unsigned")
    terms = told(record.document["statement"]["terms"])
    if not registry.registrable(terms):
        raise WrongState("intent_not_registered")
    return held, terms


def _move(
    session: Session, actor: Actor, held: Held, state: str, *, number: str | None = None, reason: str = ""
) -> None:
    agreement = held.agreement
    agreement.registration, agreement.updated_at = state, held.now
    step = RegistryStep(
        agreement_id=agreement.id,
        state=state,
        number=number,
        reason=reason,
        author_id=actor.user_id,
        created_at=held.now,
    )
    session.add(step)
    session.flush()
    ids = {
        "agreement_id": agreement.id,
        "requirement_id": agreement.requirement_id,
        "round_id": agreement.requirement.round_id,
    }
    event, about = f"agreement.registry_{state}", f"agreement:{agreement.id}"
    queue.announce(session, event, about, mark=step.id, at=held.now, **ids)
    trail.record(session, actor, event, agreement, held.now)
