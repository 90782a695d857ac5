"""Who gets letters about a service that was asked for (see audiences), and what they quote (see sayings)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import branches
from challenge.accounts.models import Membership, Organization, RoleGrant
from challenge.flow.audiences import Facts, Ids
from challenge.services.models import Service, ServiceNote, ServiceRequest

ROLES = ("organizer", "manager")


def asking(facts: Facts) -> Ids:
    """Who speaks for the asking organization, and whoever asked for it."""
    this = ServiceRequest.id == facts["service_request_id"]
    speakers = (
        sa.select(Membership.user_id)
        .join(ServiceRequest, ServiceRequest.asker_id == Membership.organization_id)
        .where(this, Membership.representative.is_(True))
    )
    behalf = (this, ServiceRequest.asked_as != "seeker", ServiceRequest.author_id.is_not(None))
    return sa.union(speakers, sa.select(ServiceRequest.author_id).where(*behalf))


def assigned(facts: Facts) -> Ids:
    """The person it is assigned to, unless they have joined the asking organization since."""
    this = ServiceRequest.id == facts["service_request_id"]
    person = ServiceRequest.assigned_id
    return sa.select(person).where(this, person.is_not(None), person.not_in(_of_asker(facts)))


def offering(facts: Facts) -> Ids:
    """Organizers and managers of the centre and of the provider; where neither has any, managers from above.

    Nobody of the asking organization: they read their own side.
    """
    this = ServiceRequest.id == facts["service_request_id"]
    ids = [
        sa.select(column).join(ServiceRequest, ServiceRequest.service_id == Service.id).where(this)
        for column in (Service.centre_id, Service.provider_id)
    ]
    here = sa.or_(*(RoleGrant.scope_id.in_(each) for each in ids))
    own = _holding(here, ROLES)
    upwards = branches.above(sa.select(Organization.id).where(Organization.id.in_(ids[0])))
    over = _holding(RoleGrant.scope_id.in_(sa.select(upwards.c.id)), ("manager",)).where(
        sa.not_(own.exists())
    )
    everyone = sa.union(own, over).subquery()
    return sa.select(everyone.c.user_id).where(everyone.c.user_id.not_in(_of_asker(facts)))


def serving(facts: Facts) -> Ids:
    """The centre, and whom it is assigned to."""
    return _both(offering(facts), assigned(facts))


def both_sides(facts: Facts) -> Ids:
    """Who asks; and whom it is assigned to, or the centre while it is nobody's."""
    theirs = assigned(facts).subquery()
    centre = offering(facts).subquery()
    waiting = sa.select(centre.c[0]).where(sa.not_(sa.select(theirs.c[0]).exists()))
    return _both(asking(facts), assigned(facts), waiting)


def note(session: Session, facts: Facts) -> dict[str, Any]:
    """What was written."""
    text = sa.select(ServiceNote.text).where(ServiceNote.id == facts["service_note_id"])
    return {"said": session.scalar(text) or ""}


def _of_asker(facts: Facts) -> sa.Select[int]:
    """The asking organization's people."""
    this = ServiceRequest.id == facts["service_request_id"]
    asker = sa.select(ServiceRequest.asker_id).where(this).scalar_subquery()
    return sa.select(Membership.user_id).where(Membership.organization_id == asker)


def _both(*sides: Ids) -> Ids:
    return sa.union(*(sa.select(each.subquery().c[0]) for each in sides))


def _holding(where: sa.ColumnElement[bool], roles: tuple[str, ...]) -> sa.Select[Any]:
    grants = sa.select(RoleGrant.user_id).where(RoleGrant.scope == "organization", where)
    return grants.where(RoleGrant.role.in_(roles))
