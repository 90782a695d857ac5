"""The centre's verbs: accept a request, hand it to somebody, begin, finish, refuse; and both sides' notes."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, Actor, can, require
from challenge.rules.services import ENDED, GOING, day_at
from challenge.services import facts, moving, people
from challenge.services.asking import SHORT_LENGTH, TEXT_LENGTH
from challenge.services.models import ServiceNote, ServiceRequest
from challenge.tasks import queue
from challenge.tasks.queue import Work


def accept(session: Session, actor: Actor, ref: str) -> ServiceRequest:
    """Say that it will be done, before it is known by whom."""
    request, now = moving.enter(session, actor, ref, Action.SERVICE_RUN)
    if request.state == "accepted":
        return request
    moving.check(request, "accept")
    request.accepted_at = now
    return moving.step(session, actor, request, now, "accept")


def assign(
    session: Session, actor: Actor, ref: str, person: str, due_on: dt.date | None = None
) -> ServiceRequest:
    """Hand it to somebody of the centre or to a broker, with the day by which it is to be done.

    Raises `Invalid("person", "not_a_choice")`, `Invalid("due_on", "service_due_past")`. On that day they get
    a letter, once, unless it is done or has another day by then.
    """
    request, now = moving.enter(session, actor, ref, Action.SERVICE_RUN)
    moving.check(request, "assign")
    chosen = people.to_assign(session, request).get(person)
    if chosen is None:
        raise Invalid("person", "not_a_choice")
    if request.state in GOING and (request.assigned_id, request.due_on) == (chosen.id, due_on):
        return request
    if due_on is not None and due_on != request.due_on and due_on < now.date():
        raise Invalid("due_on", "service_due_past")
    request.assigned_id, request.due_on, request.assigned_at = chosen.id, due_on, now
    request.accepted_at = request.accepted_at or now
    _remind(session, request, now)
    moving.step(session, actor, request, now, "assign")
    session.refresh(request, ["assigned"])
    return request


def begin(session: Session, actor: Actor, ref: str) -> ServiceRequest:
    """Say that the work has begun."""
    request, now = moving.enter(session, actor, ref, Action.SERVICE_WORK)
    if request.state == "running":
        return request
    moving.check(request, "begin")
    request.begun_at = now
    return moving.step(session, actor, request, now, "begin")


def finish(session: Session, actor: Actor, ref: str) -> ServiceRequest:
    """Say that it is done: the asker is asked for a rating, and ends it by that."""
    request, now = moving.enter(session, actor, ref, Action.SERVICE_WORK)
    if request.state == "done":
        return request
    moving.check(request, "finish")
    request.done_at = now
    return moving.step(session, actor, request, now, "finish")


def refuse(session: Session, actor: Actor, ref: str, reason: str) -> ServiceRequest:
    """Say that it will not be done, with a reason that the asker reads."""
    request, now = moving.enter(session, actor, ref, Action.SERVICE_RUN)
    if request.state == "refused":
        return request
    request.reason = moving.text_of("reason", reason, SHORT_LENGTH, needed=True)
    moving.check(request, "refuse")
    request.settled_at = now
    return moving.step(session, actor, request, now, "refuse")


def note(session: Session, actor: Actor, ref: str, text: str, *, internal: bool = False) -> ServiceNote:
    """Write a step or a remark down: for both sides, or for the centre alone. Sent twice it is one."""
    request = facts.request_by_ref(session, ref, held=True)
    subject = facts.request_subject(session, actor, request)
    require(actor, Action.SERVICE_WORK if internal else Action.SERVICE_NOTE, subject)
    text = moving.text_of("text", text, TEXT_LENGTH, needed=True)
    last = session.scalar(
        sa.select(ServiceNote)
        .where(ServiceNote.request_id == request.id)
        .order_by(ServiceNote.id.desc())
        .limit(1)
    )
    if last is not None and (last.author_id, last.internal, last.text) == (actor.user_id, internal, text):
        return last
    if request.state in (*ENDED, "closed"):
        raise WrongState("service_over")
    now = clock.now(session)
    of_centre = can(actor, Action.SERVICE_WORK, subject)
    written = ServiceNote(
        request_id=request.id,
        author_id=actor.user_id,
        of_centre=of_centre,
        internal=internal,
        text=text,
        created_at=now,
    )
    session.add(written)
    moving.stir(request, now)
    session.flush()
    event = "service.noted_inside" if internal else "service.noted"
    moving.told(session, actor, request, now, event, service_note_id=written.id)
    return written


def _remind(session: Session, request: ServiceRequest, now: dt.datetime) -> None:
    """A row of work for the day, under the day that it is for: another day has another one."""
    if request.due_on is None:
        return
    at = day_at(request.due_on)
    if at > now:
        day = request.due_on.isoformat()
        payload = {"service_request_id": request.id, "on": day}
        queue.put(session, Work("service_due", f"service/{request.id}/{day}", payload, at - now), at=now)
