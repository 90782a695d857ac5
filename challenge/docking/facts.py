"""The facts of a pair that the permission table asks for: its requirement's, and the candidate's people."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import Membership, User
from challenge.distribution import facts
from challenge.docking.models import Docking, DockingPair
from challenge.requirements import queries
from challenge.requirements.models import Requirement
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Subject

_WHOLE = (
    joinedload(DockingPair.user),
    joinedload(DockingPair.organization),
    joinedload(DockingPair.recipient),
)


def pair_by_ref(session: Session, ref: str, *, held: bool = False) -> tuple[DockingPair, Requirement]:
    """A pair with its candidate, and its requirement with round, programme, windows and seeker.

    `held`: its row locked, so that meetings are numbered one after the other.
    """
    if held:
        session.scalar(sa.select(DockingPair.id).where(DockingPair.ref == ref).with_for_update())
    pair = session.scalar(sa.select(DockingPair).where(DockingPair.ref == ref).options(*_WHOLE))
    if pair is None:
        raise NotFound
    of = sa.select(Requirement.ref).where(Requirement.id == pair.requirement_id)
    return pair, queries.by_ref(session, session.scalars(of).one())


def docking_by_ref(session: Session, ref: str) -> Docking:
    """A meeting with its pair (one statement), its row locked; raises NotFound."""
    query = (
        sa.select(Docking)
        .where(Docking.ref == ref)
        .options(joinedload(Docking.pair, innerjoin=True))
        .with_for_update(of=Docking)
        .execution_options(populate_existing=True)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def round_of(session: Session, ref: str, *, docking: bool = False) -> int:
    """The round of a pair, or of a meeting, to hold its gate; raises NotFound."""
    query = sa.select(Requirement.round_id).join(DockingPair, DockingPair.requirement_id == Requirement.id)
    if docking:
        query = query.join(Docking, Docking.pair_id == DockingPair.id).where(Docking.ref == ref)
    else:
        query = query.where(DockingPair.ref == ref)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def subject_of(session: Session, pair: DockingPair, requirement: Requirement, now: dt.datetime) -> Subject:
    """Its facts (two statements), with the candidate's own people."""
    people = candidate_people(session, pair)
    return replace(facts.subject_of(session, requirement, now), team=people)


def candidate_people(session: Session, pair: DockingPair) -> frozenset[int]:
    """Ids of the candidate's own people that have accounts."""
    if pair.organization_id is not None:
        query = sa.select(Membership.user_id).where(
            Membership.organization_id == pair.organization_id, Membership.representative
        )
        return frozenset(session.scalars(query))
    if pair.recipient is None or pair.recipient.user_id is not None:
        owner = pair.user_id if pair.recipient is None else pair.recipient.user_id
    else:  # an address that answered, and may have an account meanwhile
        same = sa.and_(User.email == pair.recipient.address, User.confirmed_at.is_not(None))
        owner = session.scalar(sa.select(User.id).where(same))
    return frozenset() if owner is None else frozenset({owner})
