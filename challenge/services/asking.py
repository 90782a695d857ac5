"""The asking side's verbs: ask for a service, call it off, close it with a rating."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.base import clock
from challenge.distribution import facts as distribution
from challenge.requirements import queries
from challenge.requirements.models import Requirement
from challenge.rules import predicates
from challenge.rules.errors import Invalid, NotAllowed, WrongState
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.rules.services import HIGHEST, LOWEST, OPEN
from challenge.services import facts, moving
from challenge.services.models import Service, ServiceRequest

TEXT_LENGTH, SHORT_LENGTH = 2000, 500
MOST_OPEN = 5  # of one organization at one service


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted, for whom; of a need its reference, and the need says for whom."""

    text: str
    asker_id: int | None = None
    need: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, as what, and what for."""

    asker_id: int
    asked_as: str = "seeker"
    about: str | None = None
    about_id: int | None = None


def ask(session: Session, actor: Actor, ref: str, wish: Wish) -> ServiceRequest:
    """Ask for a service. The same again while it waits is one request.

    For a need its broker and the organizers of its round may ask too, unless its seeker is anonymous.
    """
    service = facts.service_by_ref(session, ref, held=True)
    return put(session, actor, service, _whom_for(session, actor, service, wish), wish.text)


def put(session: Session, actor: Actor, service: Service, asked: Asked, text: str) -> ServiceRequest:
    """Write a request down for whoever was found to be allowed to ask; the service is held."""
    now = clock.now(session)
    if service.state != "offered":
        raise WrongState("service_retired")
    if asked.asker_id in (service.centre_id, service.provider_id):
        raise Invalid("asker", "own_service")
    if session.get(Organization, asked.asker_id) is None:
        raise Invalid("asker", "not_a_choice")
    text = moving.text_of("text", text, TEXT_LENGTH, needed=True)
    known = _open_of(session, service, asked.asker_id)
    twin = next((each for each in known if _same(each, asked, text, actor)), None)
    if twin is not None:
        return twin
    if len(known) >= MOST_OPEN:
        raise WrongState("too_many_requests", most=MOST_OPEN)
    request = ServiceRequest(
        service=service,
        asker_id=asked.asker_id,
        author_id=actor.user_id,
        asked_as=asked.asked_as,
        about=asked.about,
        about_id=asked.about_id,
        text=text,
        asked_at=now,
        moved_at=now,
        quiet_at=now + dt.timedelta(days=service.quiet_days),
    )
    session.add(request)
    session.flush()
    return moving.told(session, actor, request, now, "service.asked")


def cancel(session: Session, actor: Actor, ref: str, reason: str) -> ServiceRequest:
    """Call it off, with a reason that the centre reads."""
    request, now = moving.enter(session, actor, ref, Action.SERVICE_SETTLE)
    if request.state == "cancelled":
        return request
    request.reason = moving.text_of("reason", reason, SHORT_LENGTH, needed=True)
    request.settled_at = now
    return moving.step(session, actor, request, now, "cancel")


def close(session: Session, actor: Actor, ref: str, rating: int, words: str = "") -> ServiceRequest:
    """Say how good it was, from 1 to 5: that ends it. The centre reads the words, everyone the average."""
    request, now = moving.enter(session, actor, ref, Action.SERVICE_SETTLE)
    if request.state == "closed" and request.rating == rating:
        return request
    if not LOWEST <= rating <= HIGHEST:
        raise Invalid("rating", "out_of_range", minimum=LOWEST, maximum=HIGHEST)
    words = moving.text_of("words", words, SHORT_LENGTH)
    moving.check(request, "close")
    request.rating, request.rating_text, request.settled_at = rating, words, now
    return moving.step(session, actor, request, now, "close")


def require_for_need(session: Session, actor: Actor, need: Requirement, now: dt.datetime) -> str:
    """Require that this person may ask for a need (its round loaded), and say as what they do.

    Raises `NotAllowed("anonymous_seeker_asks")` to all but an anonymous seeker itself: asking would name it.
    """
    subject = replace(distribution.subject_of(session, need, now), public=True)
    require(actor, Action.SERVICE_ASK, subject)
    if predicates.seeker(actor, subject):
        return "seeker"
    if need.anonymous:
        raise NotAllowed("anonymous_seeker_asks")
    return "organizer" if predicates.organizer(actor, subject) else "broker"


def _whom_for(session: Session, actor: Actor, service: Service, wish: Wish) -> Asked:
    if not facts.service_subject(service).public:
        require(actor, Action.SERVICE_ASK)  # nobody may: it is a draft
    if not wish.need:
        require(actor, Action.SERVICE_ASK, Subject(kind="service", seeker_id=wish.asker_id, public=True))
        return Asked(wish.asker_id or 0)
    need = queries.without_seeker(session, wish.need)
    side = require_for_need(session, actor, need, clock.now(session))
    return Asked(need.seeker_id, side, "requirement", need.id)


def _open_of(session: Session, service: Service, asker_id: int) -> list[ServiceRequest]:
    mine = (ServiceRequest.service_id == service.id, ServiceRequest.asker_id == asker_id)
    return list(session.scalars(sa.select(ServiceRequest).where(*mine, ServiceRequest.state.in_(OPEN))))


def _same(known: ServiceRequest, asked: Asked, text: str, actor: Actor) -> bool:
    told = (known.state, known.text, known.about, known.about_id, known.author_id)
    return told == ("asked", text, asked.about, asked.about_id, actor.user_id)
