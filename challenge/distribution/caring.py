"""Brokers and the requirements in their hands: offer, claim, refuse with a reason, pass on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts import brokers as roles
from challenge.accounts.models import RoleGrant, User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.distribution import facts
from challenge.distribution.models import Care, Dispatch
from challenge.requirements import facts as needs
from challenge.requirements import queries
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds import programmes
from challenge.rounds.models import Programme, Round
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.lifecycles import CARE
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.rules.stages import Stage
from challenge.tasks import queue

REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Broker:
    """Who brokers for a programme."""

    id: int
    ref: str
    name: str
    email: str


def brokers(session: Session, programme: Programme) -> list[Broker]:
    """The brokers of a programme, by name (one statement)."""
    query = (
        sa.select(User.id, User.ref, User.name, User.email)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == roles.ROLE, RoleGrant.scope == roles.SCOPE)
        .where(RoleGrant.scope_id == programme.id)
        .order_by(User.name, User.id)
    )
    return [Broker(*row) for row in session.execute(query)]


def dismiss(session: Session, actor: Actor, programme: Programme, user_id: int) -> None:
    """Take a broker's role away; what they had claimed in the programme is free again."""
    begin_write(session)
    roles.dismiss(session, actor, user_id, programme.id, programmes.subject_of(programme))
    now = clock.now(session)
    for care in _open_of(session, user_id, programme.id):
        care.state, care.reason, care.moved_at = CARE.step(care.state, "refuse"), "-", now
    session.flush()


def claim(session: Session, actor: Actor, ref: str) -> Care:
    """Look after a published requirement that nobody looks after. Raises WrongState `claimed_already`."""
    requirement, now, subject = _enter(session, ref)
    require(actor, Action.CARE_TAKE, subject)
    taken = _current(session, requirement.id)
    if taken is not None:
        if taken.broker_id == actor.user_id:
            return taken
        raise WrongState("claimed_already")
    care = _offered(session, requirement.id, actor.user_id or 0) or Care(
        requirement_id=requirement.id, broker_id=actor.user_id or 0, state=CARE.start, created_at=now
    )
    care.state, care.moved_at = CARE.step(care.state, "claim"), now
    session.add(care)
    session.flush()
    return _told(session, actor, care, requirement, now, "care.claimed")


def offer(session: Session, actor: Actor, ref: str, user_ref: str) -> Care:
    """Ask a broker of the programme to look after a requirement: the organizer's word."""
    requirement, now, subject = _enter(session, ref)
    require(actor, Action.DISTRIBUTION_SEND, replace(subject, broker_id=None))
    broker = _broker(session, requirement, user_ref)
    if _current(session, requirement.id) is not None:
        raise WrongState("claimed_already")
    return _offer(session, actor, requirement, broker, now)


def refuse(session: Session, actor: Actor, ref: str, reason: str) -> Care:
    """Give it back, or turn the offer down, with a reason that the organizers read."""
    requirement, now, subject = _enter(session, ref)
    care = _mine(session, requirement.id, actor)
    require(actor, Action.CARE_LEAVE, replace(subject, broker_id=care.broker_id))
    if care.state == "refused":
        return care
    care.reason = _reason(reason)
    care.state, care.moved_at = CARE.step(care.state, "refuse"), now
    session.flush()
    return _told(session, actor, care, requirement, now, "care.refused")


def pass_on(session: Session, actor: Actor, ref: str, user_ref: str, reason: str) -> Care:
    """Hand it to another broker of the programme, to whom it is then offered; the reason goes along."""
    requirement, now, subject = _enter(session, ref)
    care = _mine(session, requirement.id, actor)
    require(actor, Action.CARE_LEAVE, replace(subject, broker_id=care.broker_id))
    broker = _broker(session, requirement, user_ref)
    if care.state == "passed_on":
        return care
    if broker == actor.user_id:
        raise Invalid("broker", "not_a_choice")
    care.reason = _reason(reason)
    care.state, care.moved_at = CARE.step(care.state, "pass_on"), now
    session.flush()
    _offer(session, actor, requirement, broker, now)
    return care


def _offer(session: Session, actor: Actor, requirement: Requirement, broker: int, now: dt.datetime) -> Care:
    known = _offered(session, requirement.id, broker)
    if known is not None:
        return known
    care = Care(
        requirement_id=requirement.id,
        broker_id=broker,
        offered_by=actor.user_id,
        created_at=now,
        moved_at=now,
    )
    session.add(care)
    session.flush()
    return _told(session, actor, care, requirement, now, "care.offered")


def _enter(session: Session, ref: str) -> tuple[Requirement, dt.datetime, Subject]:
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    found = facts.claimed(session, [requirement.id]).get(requirement.id)
    return requirement, gate.now, replace(needs.subject_of(requirement, gate.now), broker_id=found)


def _broker(session: Session, requirement: Requirement, user_ref: str) -> int:
    found = [each.id for each in brokers(session, requirement.round.programme) if each.ref == user_ref]
    if not found:
        raise Invalid("broker", "not_a_choice")
    return found[0]


def _current(session: Session, requirement_id: int) -> Care | None:
    this = (Care.requirement_id == requirement_id, Care.state == "claimed")
    return session.scalar(sa.select(Care).where(*this))


def _offered(session: Session, requirement_id: int, broker_id: int) -> Care | None:
    this = (Care.requirement_id == requirement_id, Care.broker_id == broker_id, Care.state == "offered")
    return session.scalar(sa.select(Care).where(*this))


def _mine(session: Session, requirement_id: int, actor: Actor) -> Care:
    this = (Care.requirement_id == requirement_id, Care.broker_id == (actor.user_id or 0))
    found = session.scalar(sa.select(Care).where(*this).order_by(Care.id.desc()).limit(1))
    if found is None:
        raise NotFound
    return found


def _open_of(session: Session, user_id: int, programme_id: int) -> list[Care]:
    query = (
        sa.select(Care)
        .join(Requirement, Requirement.id == Care.requirement_id)
        .join(Round, Round.id == Requirement.round_id)
        .where(Care.broker_id == user_id, Care.state.in_(("offered", "claimed")))
        .where(Round.programme_id == programme_id)
        .options(joinedload(Care.requirement))
    )
    return list(session.scalars(query))


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid("reason", "required")
    if len(text) > REASON_LENGTH:
        raise Invalid("reason", "too_long", most=REASON_LENGTH, length=len(text))
    return text


def _told(
    session: Session, actor: Actor, care: Care, requirement: Requirement, now: dt.datetime, event: str
) -> Care:
    subject, ids = f"requirement:{requirement.id}", {"requirement_id": requirement.id, "care_id": care.id}
    place = {"round_id": requirement.round_id, "user_id": care.broker_id}
    queue.announce(session, event, subject, mark=care.id, at=now, **ids, **place)
    of_round = chain.round_chain(requirement.round_id)
    chain.record(session, actor, event, subject, chain=of_round, at=now, user_id=care.broker_id)
    return care


def offered_to(session: Session, requirement_id: int, actor: Actor) -> bool:
    """Whether the requirement was offered to this person, who has not answered (one statement)."""
    return _offered(session, requirement_id, actor.user_id or 0) is not None


@dataclass(frozen=True, slots=True)
class InHand:
    """A need that a broker looks after, and how many who were sent it are interested."""

    ref: str
    title_zh: str | None
    title_en: str | None
    round_slug: str
    interested: int


def in_hand(session: Session, user_id: int, limit: int = 50) -> list[InHand]:
    """What a broker looks after and is still public, the newest first (one statement)."""
    yes = sa.select(sa.func.count()).where(
        Dispatch.requirement_id == Requirement.id, Dispatch.state == "interested"
    )
    query = (
        sa.select(*(Requirement.ref, Requirement.title_zh, Requirement.title_en, Round.slug))
        .add_columns(yes.scalar_subquery())
        .join(Care, Care.requirement_id == Requirement.id)
        .join(Round, Round.id == Requirement.round_id)
        .where(Care.broker_id == user_id, Care.state == "claimed", Requirement.state == "published")
        .order_by(Care.id.desc())
        .limit(limit)
    )
    return [InHand(*row) for row in session.execute(query)]


def rounds_of(session: Session, user_id: int, limit: int = 20) -> list[Round]:
    """Rounds of this broker's programmes with needs that can still be answered (one statement)."""
    held = (RoleGrant.user_id == user_id, RoleGrant.role == roles.ROLE, RoleGrant.scope == roles.SCOPE)
    published = sa.exists().where(Requirement.round_id == Round.id, Requirement.state == "published")
    query = (
        sa.select(Round)
        .where(Round.programme_id.in_(sa.select(RoleGrant.scope_id).where(*held)), Round.public, published)
        .where(Round.stage.in_((Stage.REQUIREMENTS.value, Stage.SUBMISSION.value)))
        .order_by(Round.sort_at.desc(), Round.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def offers(session: Session, user_id: int) -> list[Requirement]:
    """The published requirements that were offered to a broker, with their rounds (one statement)."""
    query = (
        sa.select(Requirement)
        .join(Care, Care.requirement_id == Requirement.id)
        .where(Care.broker_id == user_id, Care.state == "offered", Requirement.state == "published")
        .options(joinedload(Requirement.round, innerjoin=True))
        .order_by(Care.id.desc())
    )
    return list(session.scalars(query))
