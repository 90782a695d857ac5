"""An agreement entered to be carried out: its sides as the permission table asks for them, its milestones."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from challenge.agreements import facts
from challenge.agreements.facts import Held
from challenge.agreements.milestone_models import AgreementPayment, Delivery, Milestone, PaymentEntry
from challenge.agreements.models import Agreement
from challenge.audit import chain
from challenge.base.ids import new_ref
from challenge.rules.agreement_lives import SIGNED
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.milestones import IN_FORCE
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.tasks import queue


def enter(session: Session, actor: Actor, ref: str, action: Action) -> Held:
    """An agreement held for a change by whoever may take part in carrying it out, and the time."""
    held = facts.enter(session, actor, ref, Action.AGREEMENT_READ)
    subject = subject_of(actor, held.agreement, held.subject)
    require(actor, action, subject)
    return replace(held, subject=subject)


def subject_of(actor: Actor, agreement: Agreement, subject: Subject) -> Subject:
    """The facts of an agreement with its sides told apart, for this person; its parties are loaded."""
    seeker = next((each.organization_id for each in agreement.parties if each.side == "seeker"), None)
    me = [actor.user_id] if actor.user_id is not None and acts_for(actor, agreement, "solver") else []
    return replace(subject, kind="milestone", seeker_id=seeker, team=frozenset(me))


def acts_for(actor: Actor, agreement: Agreement, side: str) -> bool:
    """Whether this person acts for that side, whatever other sides they act for; the parties are loaded."""
    party = next((each for each in agreement.parties if each.side == side), None)
    if party is None:
        return False
    speaks = party.organization_id is not None and party.organization_id in actor.represents
    return speaks or (party.user_id is not None and party.user_id == actor.user_id)


def check_in_force(agreement: Agreement) -> None:
    """Raise `WrongState` unless it is signed and not over."""
    if agreement.state not in IN_FORCE:
        over = agreement.state in ("completed", "terminated")
        raise WrongState("agreement_over" if over else "agreement_not_signed")


def check_signed(agreement: Agreement) -> None:
    """The same, but for one that was carried out: money may come after the last delivery."""
    if agreement.state not in SIGNED:
        raise WrongState("agreement_over" if agreement.state == "terminated" else "agreement_not_signed")


def milestone_at(session: Session, agreement: Agreement, place: int) -> Milestone:
    """The milestone at this place, with its criteria (two statements); raises NotFound."""
    query = (
        sa.select(Milestone)
        .where(Milestone.agreement_id == agreement.id, Milestone.position == place)
        .options(selectinload(Milestone.criteria))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def told(
    session: Session,
    actor: Actor,
    agreement: Agreement,
    event: str,
    now: dt.datetime,
    *,
    subject: str = "",
    mark: object = "",
    ids: dict[str, Any] | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Say what happened, with letters to whom it concerns, and record it: in ids, never in words."""
    about = subject or f"agreement:{agreement.id}"
    requirement = agreement.requirement
    queue.announce(
        session,
        event,
        about,
        mark=mark,
        at=now,
        agreement_id=agreement.id,
        requirement_id=requirement.id,
        round_id=requirement.round_id,
        user_id=actor.user_id,
        **(ids or {}),
    )
    chain.record(
        session,
        actor,
        event,
        about,
        chain=chain.round_chain(requirement.round_id),
        at=now,
        requirement=requirement.id,
        agreement=agreement.id,
        **(detail or {}),
    )


def fresh_ref(session: Session, model: type[Delivery | AgreementPayment | PaymentEntry], wished: str) -> str:
    """The reference that a page brought along, unless it is somebody else's already."""
    taken = session.scalar(sa.select(model.id).where(model.ref == wished)) if wished else 0
    return wished if taken is None else new_ref()


def day_of(agreement: Agreement, at: dt.datetime) -> dt.date:
    """The day of an instant where its round is held; its requirement with the round is loaded."""
    return at.astimezone(ZoneInfo(agreement.requirement.round.zone)).date()


def text_of(field: str, text: str, most: int, *, needed: bool = False) -> str:
    """A text without white space around, and without the zero that no database keeps; raises `Invalid`."""
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if needed and not text:
        raise Invalid(field, "required")
    if len(text) > most:
        raise Invalid(field, "too_long", most=most, length=len(text))
    return text
