"""The other side rules on a delivery: criterion by criterion, and takes it or gives it back with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from challenge.agreements import carrying_out, handing_over
from challenge.agreements.carrying_out import text_of
from challenge.agreements.facts import Held
from challenge.agreements.milestone_models import AgreementPayment, Delivery, Handover, Milestone
from challenge.rules import milestones as rules
from challenge.rules.agreement_lives import MILESTONE
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.milestones import REASON_MOST, RULINGS, Ruled
from challenge.rules.permissions import Action, Actor


@dataclass(frozen=True, slots=True)
class Finding:
    """What the accepting side finds of one criterion."""

    ruling: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings by the criterion's place, and the reason: needed to give back, or to take what is unmet."""

    findings: Mapping[int, Finding] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Open:
    """What is ruled on."""

    held: Held
    milestone: Milestone
    delivery: Delivery


def accept(session: Session, actor: Actor, ref: str, place: int, number: int, verdict: Verdict) -> Handover:
    """Accept this delivery for the seeker's side: that is its sign-off, and a handover record is made of it.

    Payments that wait for the milestone are due from this day. Raises `WrongState` where it was given back or
    the agreement is over, `InvalidMany` at `ruling-N`, `note-N` or `reason`.
    """
    case = _enter(session, actor, ref, place, number)
    if case.delivery.state == "accepted":
        return handing_over.of_delivery(session, case.delivery.id)
    _rule(case, actor, "accept", verdict)
    case.milestone.accepted_at = case.held.now
    agreement = case.held.agreement
    waiting = sa.select(AgreementPayment).where(AgreementPayment.milestone_id == case.milestone.id)
    for payment in session.scalars(waiting.where(AgreementPayment.due_on.is_(None))):
        payment.due_on = carrying_out.day_of(agreement, case.held.now)
    session.flush()
    handover = handing_over.record(session, agreement, case.milestone, case.delivery, case.held.now)
    _told(session, actor, case, "milestone.accepted", handover)
    return handover


def give_back(
    session: Session, actor: Actor, ref: str, place: int, number: int, verdict: Verdict
) -> Delivery:
    """Return this delivery with reasons: it stays readable, and is delivered again under the next number."""
    case = _enter(session, actor, ref, place, number)
    if case.delivery.state == "returned":
        return case.delivery
    _rule(case, actor, "return", verdict)
    session.flush()
    _told(session, actor, case, "milestone.returned")
    return case.delivery


def _enter(session: Session, actor: Actor, ref: str, place: int, number: int) -> _Open:
    held = carrying_out.enter(session, actor, ref, Action.MILESTONE_RULE)
    milestone = carrying_out.milestone_at(session, held.agreement, place)
    query = (
        sa.select(Delivery)
        .where(Delivery.milestone_id == milestone.id, Delivery.number == number)
        .options(selectinload(Delivery.results), selectinload(Delivery.files), joinedload(Delivery.deliverer))
    )
    delivery = session.scalar(query)
    if delivery is None:
        raise NotFound
    return _Open(held, milestone, delivery)


def _rule(case: _Open, actor: Actor, verb: str, verdict: Verdict) -> None:
    carrying_out.check_in_force(case.held.agreement)
    if case.delivery.state != "delivered":
        raise WrongState(f"delivery_{case.delivery.state}", number=case.delivery.number)
    findings, reason = _checked(case, verb, verdict)
    case.milestone.state = MILESTONE.step(case.milestone.state, verb)
    case.delivery.state = case.milestone.state
    case.delivery.ruled_by, case.delivery.ruled_at = actor.user_id, case.held.now
    case.delivery.reason = reason
    for each in case.delivery.results:
        found = findings[each.criterion_id]
        each.ruling, each.ruling_note = found.ruling, found.note


def _checked(case: _Open, verb: str, verdict: Verdict) -> tuple[dict[int, Finding], str]:
    """The findings by the criterion's key and the reason, as they are kept; all faults told at once."""
    faults: list[Invalid] = []
    findings: dict[int, Finding] = {}
    answers = {each.criterion_id: each.answer for each in case.delivery.results}
    ruled = []
    for each in case.milestone.criteria:
        found = verdict.findings.get(each.position, Finding())
        if found.ruling not in RULINGS:
            faults.append(Invalid(f"ruling-{each.position}", "choose_one"))
        note = ""
        try:
            note = text_of(f"note-{each.position}", found.note, REASON_MOST)
        except Invalid as fault:
            faults.append(fault)
        findings[each.id] = Finding(found.ruling, note)
        ruled.append(Ruled(each.level, answers[each.id], found.ruling))
    reason = ""
    try:
        reason = text_of("reason", verdict.reason, REASON_MOST, needed=verb == "return")
        if verb == "accept" and not reason and not faults and rules.unmet(ruled):
            raise Invalid("reason", "unmet_needs_reason")
    except Invalid as fault:
        faults.append(fault)
    if faults:
        raise InvalidMany(faults)
    return findings, reason


def _told(session: Session, actor: Actor, case: _Open, event: str, handover: Handover | None = None) -> None:
    detail: dict[str, object] = {"number": case.delivery.number}
    if handover is not None:
        detail |= {"handover": handover.number, "digest": handover.digest}
    carrying_out.told(
        session,
        actor,
        case.held.agreement,
        event,
        case.held.now,
        subject=f"milestone:{case.milestone.id}",
        mark=case.delivery.number,
        ids={"milestone_id": case.milestone.id},
        detail=detail,
    )
