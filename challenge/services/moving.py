"""How a request moves: entered with a role, stepped through its lifecycle, told to both sides, recorded."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.rules.errors import Invalid
from challenge.rules.lifecycles import SERVICE_REQUEST
from challenge.rules.permissions import Action, Actor, require
from challenge.services import facts
from challenge.services.models import ServiceRequest
from challenge.tasks import queue

# The event of each verb.
EVENTS = {
    "accept": "service.accepted",
    "assign": "service.assigned",
    "begin": "service.begun",
    "finish": "service.finished",
    "refuse": "service.refused",
    "cancel": "service.cancelled",
    "close": "service.closed",
}


def enter(session: Session, actor: Actor, ref: str, action: Action) -> tuple[ServiceRequest, dt.datetime]:
    """A request held for a change by whoever may, and the time."""
    request = facts.request_by_ref(session, ref, held=True)
    require(actor, action, facts.request_subject(session, actor, request))
    return request, clock.now(session)


def check(request: ServiceRequest, verb: str) -> str:
    """The state after the verb; raises `WrongState`."""
    return SERVICE_REQUEST.step(request.state, verb)


def step(
    session: Session, actor: Actor, request: ServiceRequest, now: dt.datetime, verb: str
) -> ServiceRequest:
    """Take a step of the lifecycle; both sides are told."""
    request.state = check(request, verb)
    stir(request, now)
    session.flush()
    return told(session, actor, request, now, EVENTS[verb])


def stir(request: ServiceRequest, now: dt.datetime) -> None:
    """Something happened: it lies still from so many days later on."""
    request.moved_at = now
    request.quiet_at = now + dt.timedelta(days=request.service.quiet_days)


def told(
    session: Session, actor: Actor, request: ServiceRequest, now: dt.datetime, event: str, **ids: int
) -> ServiceRequest:
    """Letters to both sides, and the record; neither carries a word of what was written."""
    subject = f"service_request:{request.id}"
    queue.announce(
        session,
        event,
        subject,
        mark="/".join((now.isoformat(), *map(str, ids.values()))),
        at=now,
        service_request_id=request.id,
        user_id=actor.user_id,
        **ids,
    )
    chain.record(session, actor, event, subject, at=now, service_id=request.service_id)
    return request


def text_of(field: str, text: str, most: int, *, needed: bool = False) -> str:
    """A text without white space around; raises `Invalid(field, ...)`."""
    text = text.strip()
    if needed and not text:
        raise Invalid(field, "required")
    if len(text) > most:
        raise Invalid(field, "too_long", most=most, length=len(text))
    return text
