"""The facts of an agreement that the permission table asks for: its need's, and who acts for its parties."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload, undefer
from sqlalchemy.sql.base import ExecutableOption

from challenge.accounts.models import Membership
from challenge.agreements.models import Agreement, AgreementParty
from challenge.base import clock
from challenge.distribution.models import Care
from challenge.requirements import facts as requirements
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds.models import Programme, Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, Subject, require


@dataclass(frozen=True, slots=True)
class Held:
    """An agreement to be changed (its row locked), its facts, and the time after the lock."""

    agreement: Agreement
    subject: Subject
    now: dt.datetime


def by_ref(session: Session, ref: str) -> Agreement:
    """An agreement with its terms and parties, its requirement with round, programme and windows.

    Three statements; raises NotFound.
    """
    return by_ref_now(session, ref)[0]


def by_ref_now(session: Session, ref: str) -> tuple[Agreement, dt.datetime]:
    """The same with the database's time, for a page that would ask for both."""
    round_ = joinedload(Agreement.requirement, innerjoin=True).joinedload(Requirement.round, innerjoin=True)
    query = (
        sa.select(Agreement, clock.db_now())
        .where(Agreement.ref == ref)
        .options(
            round_.joinedload(Round.programme, innerjoin=True).joinedload(Programme.host, innerjoin=True),
            round_.selectinload(Round.windows),
            *_whole(),
        )
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def enter(session: Session, actor: Actor, ref: str, action: Action) -> Held:
    """The same for a change, by whoever may: the gate of its round first, then its row, then the rights."""
    of_round = sa.select(Requirement.round_id).join(Agreement, Agreement.requirement_id == Requirement.id)
    gate = gates.hold_of(session, of_round.where(Agreement.ref == ref).scalar_subquery())
    query = (
        sa.select(Agreement)
        .where(Agreement.ref == ref)
        .options(joinedload(Agreement.requirement, innerjoin=True), *_whole())
        .with_for_update(of=Agreement)
        .execution_options(populate_existing=True)
    )
    agreement = session.scalars(query).one()
    subject = subject_of(session, agreement, gate.now)
    require(actor, action, subject)
    return Held(agreement, subject, gate.now)


def subject_of(session: Session, agreement: Agreement, now: dt.datetime) -> Subject:
    """Its facts (one statement). Its parties, its requirement and that one's round are loaded."""
    people = people_of(agreement.id).subquery()
    caring = sa.select(sa.literal("broker"), Care.broker_id).where(
        Care.requirement_id == agreement.requirement_id, Care.state == "claimed"
    )
    rows = session.execute(sa.union_all(sa.select(sa.literal("party"), people.c[0]), caring)).all()
    return replace(
        requirements.subject_of(agreement.requirement, now),
        kind="agreement",
        state=agreement.state,
        public=False,
        author_id=agreement.author_id,
        broker_id=next((user_id for kind, user_id in rows if kind == "broker"), None),
        parties=frozenset(user_id for kind, user_id in rows if kind == "party"),
    )


def people_of(agreement_id: int, *sides: str) -> sa.CompoundSelect[int]:
    """Ids of those who act for its parties, or for these sides: representatives, or the person it is."""
    this = [AgreementParty.agreement_id == agreement_id]
    if sides:
        this.append(AgreementParty.side.in_(sides))
    speakers = (
        sa.select(Membership.user_id)
        .join(AgreementParty, AgreementParty.organization_id == Membership.organization_id)
        .where(*this, Membership.representative)
    )
    persons = sa.select(AgreementParty.user_id).where(*this, AgreementParty.user_id.is_not(None))
    return sa.union(speakers, persons)


def side_of(agreement: Agreement, actor: Actor) -> str | None:
    """The first side that this person acts for; None for whoever acts for none. The parties are loaded."""
    for each in agreement.parties:
        if each.user_id is not None and each.user_id == actor.user_id:
            return each.side
        if each.organization_id is not None and each.organization_id in actor.represents:
            return each.side
    return None


def _whole() -> tuple[ExecutableOption, ...]:
    parties = selectinload(Agreement.parties)
    return (
        undefer(Agreement.terms),
        parties.joinedload(AgreementParty.organization),
        parties.joinedload(AgreementParty.user),
    )
