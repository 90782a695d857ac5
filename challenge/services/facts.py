"""The facts of services and requests that the permission table asks for, and both held for a change."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import Membership
from challenge.base.db import begin_write
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Actor, Subject
from challenge.services.models import Service, ServiceRequest

_OF_SERVICE = (joinedload(Service.centre, innerjoin=True), joinedload(Service.provider, innerjoin=True))
_service = joinedload(ServiceRequest.service, innerjoin=True)
_OF_REQUEST = (
    _service.joinedload(Service.centre, innerjoin=True),
    _service.joinedload(Service.provider, innerjoin=True),
    joinedload(ServiceRequest.asker, innerjoin=True),
    joinedload(ServiceRequest.assigned),
)


def service_subject(service: Service) -> Subject:
    """The facts of a line of a catalogue; what was retired is known to everybody still."""
    return Subject(
        kind="service",
        state=service.state,
        public=service.state != "draft",
        host_id=service.centre_id,
        branch_id=service.provider_id,
    )


def service_by_ref(session: Session, ref: str, *, held: bool = False) -> Service:
    """A service with centre and provider (one statement); raises NotFound. `held`: locked for a change."""
    query = sa.select(Service).where(Service.ref == ref).options(*_OF_SERVICE)
    if held:
        begin_write(session)
        query = query.with_for_update(of=Service).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def request_by_ref(session: Session, ref: str, *, held: bool = False) -> ServiceRequest:
    """A request with its service, who asks and who does it (one statement); raises NotFound."""
    query = sa.select(ServiceRequest).where(ServiceRequest.ref == ref).options(*_OF_REQUEST)
    if held:
        begin_write(session)
        query = query.with_for_update(of=ServiceRequest).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def request_subject(session: Session, actor: Actor, request: ServiceRequest) -> Subject:
    """The facts of a request as they concern this person (two statements at most)."""
    own = sa.select(Membership.user_id).where(Membership.organization_id == request.asker_id)
    return Subject(
        kind="service_request",
        state=request.state,
        host_id=request.service.centre_id,
        branch_id=request.service.provider_id,
        seeker_id=request.asker_id,
        author_id=request.author_id if _speaks_still(session, actor, request) else None,
        opened_to=frozenset() if request.assigned_id is None else frozenset({request.assigned_id}),
        conflicted=frozenset(session.scalars(own)),
    )


def _speaks_still(session: Session, actor: Actor, request: ServiceRequest) -> bool:
    """Whether this person asked for somebody else, holds the role yet, and does not do the work."""
    behalf = request.asked_as != "seeker" and request.author_id == actor.user_id is not None
    if not behalf or request.assigned_id == actor.user_id or request.about != "requirement":
        return False
    query = (
        sa.select(Programme.id, Programme.host_id)
        .join(Round, Round.programme_id == Programme.id)
        .join(Requirement, Requirement.round_id == Round.id)
        .where(Requirement.id == request.about_id)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return False
    held = actor.holds(request.asked_as, "programme", found[0])
    return held or (request.asked_as == "organizer" and actor.holds("organizer", "organization", found[1]))
