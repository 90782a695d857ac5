"""To whom a request can be handed: people of the centre and of the provider, and the centre's brokers."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import branches
from challenge.accounts.models import Membership, Organization, RoleGrant, User
from challenge.rounds.models import Programme
from challenge.services.models import ServiceRequest


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who could do it."""

    id: int
    ref: str
    name: str


def to_assign(session: Session, request: ServiceRequest) -> dict[str, Person]:
    """By reference, in the order of their names (one statement); without the asking organization's own."""
    offering = (request.service.centre_id, request.service.provider_id)
    upwards = branches.above(sa.select(Organization.id).where(Organization.id.in_(offering)))
    programmes = sa.select(Programme.id).where(Programme.host_id.in_(sa.select(upwards.c.id)))
    of_organization = sa.and_(
        RoleGrant.scope == "organization",
        RoleGrant.scope_id.in_(offering),
        RoleGrant.role.in_(("organizer", "manager")),
    )
    of_programme = sa.and_(
        RoleGrant.scope == "programme", RoleGrant.scope_id.in_(programmes), RoleGrant.role == "broker"
    )
    members = sa.select(Membership.user_id).where(Membership.organization_id.in_(offering))
    holders = sa.select(RoleGrant.user_id).where(sa.or_(of_organization, of_programme))
    asking = sa.select(Membership.user_id).where(Membership.organization_id == request.asker_id)
    query = (
        sa.select(User.id, User.ref, sa.func.coalesce(sa.func.nullif(User.name, ""), User.email))
        .where(sa.or_(User.id.in_(members), User.id.in_(holders)), User.id.not_in(asking))
        .where(User.active.is_(True), User.confirmed_at.is_not(None))
        .order_by(User.name, User.id)
        .limit(500)
    )
    return {row[1]: Person(*row) for row in session.execute(query)}
