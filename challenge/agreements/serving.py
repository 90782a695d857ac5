"""Services asked for an agreement: by its parties alone, and what a request says of it to whom."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements.models import Agreement, AgreementParty
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.services import asking, facts
from challenge.services.asking import Asked, Wish
from challenge.services.models import ServiceRequest

ABOUT = "agreement"


@dataclass(frozen=True, slots=True)
class For:
    """The agreement that a service is asked for, and the organizations that may ask, the first by default."""

    id: int
    ref: str
    number: str | None
    title: str
    askers: tuple[int, ...]


def for_whom(session: Session, actor: Actor, ref: str) -> For:
    """An agreement as its parties see it (two statements); raises NotFound to everybody else.

    A party that is a person asks for an organization that they speak for.
    """
    found = session.execute(_facts().where(Agreement.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    sides = sa.select(AgreementParty.organization_id, AgreementParty.user_id)
    sides = sides.where(AgreementParty.agreement_id == found[0]).order_by(AgreementParty.position)
    parties = session.execute(sides).all()
    askers = [each[0] for each in parties if each[0] in actor.represents]
    person = actor.user_id is not None and any(each[1] == actor.user_id for each in parties)
    if not askers and not person:
        raise NotFound
    number, ref, code, title = found
    return For(number, ref, code, title, tuple(askers or sorted(actor.represents)))


def ask(session: Session, actor: Actor, ref: str, agreement_ref: str, wish: Wish) -> ServiceRequest:
    """Ask for a service for an agreement. The same again while it waits is one request."""
    service = facts.service_by_ref(session, ref, held=True)
    meant = for_whom(session, actor, agreement_ref)
    asker = wish.asker_id if wish.asker_id in meant.askers else None
    asker = asker or (meant.askers[0] if len(meant.askers) == 1 and wish.asker_id is None else None)
    public = facts.service_subject(service).public
    require(actor, Action.SERVICE_ASK, Subject(kind="service", seeker_id=asker, public=public))
    return asking.put(session, actor, service, Asked(asker or 0, "seeker", ABOUT, meant.id), wish.text)


def told(session: Session, actor: Actor, request: ServiceRequest) -> For | None:
    """The agreement that a request is about, to a party; None for another one (two statements at most)."""
    if request.about != ABOUT:
        return None
    ref = session.scalar(sa.select(Agreement.ref).where(Agreement.id == request.about_id))
    try:
        return None if ref is None else for_whom(session, actor, ref)
    except NotFound:
        return None


def _facts() -> sa.Select[int, str, str | None, str]:
    return sa.select(Agreement.id, Agreement.ref, Agreement.number, Agreement.title)
