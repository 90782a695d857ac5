"""Write a centre's catalogue: new lines, changes, offered and retired."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.base.ids import new_ref
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from challenge.rules.lifecycles import SERVICE
from challenge.rules.permissions import Action, Actor, Subject, can, require
from challenge.rules.services import KINDS, MOST_QUIET_DAYS, OPEN, QUIET_DAYS
from challenge.services import facts
from challenge.services.models import Service, ServiceRequest

# What each text holds at most; the name and the text are needed in one of both languages.
MOST = {"name": 80, "text": 3000, "fee": 200, "lasts": 120}
NEEDED = ("name", "text")
_REF = re.compile(r"[2-9a-z]{12}")


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What is written about a service. Fee and length are texts: hardly any has one figure."""

    kind: str = ""
    name_zh: str = ""
    name_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    fee_zh: str = ""
    fee_en: str = ""
    lasts_zh: str = ""
    lasts_en: str = ""
    quiet_days: int | None = QUIET_DAYS

    def tidied(self) -> ServiceFacts:
        """Without white space around."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        stripped: dict[str, Any] = {
            name: value.strip() if isinstance(value, str) else value for name, value in values.items()
        }
        return ServiceFacts(**stripped)


def create(
    session: Session,
    actor: Actor,
    centre_id: int,
    written: ServiceFacts,
    provider_id: int | None = None,
    *,
    ref: str | None = None,
) -> Service:
    """A new line, not offered yet. `ref` is what the page proposed: the page sent twice is one service."""
    require(actor, Action.SERVICE_CREATE, Subject(kind="service", host_id=centre_id))
    begin_write(session)
    ref = ref if _REF.fullmatch(ref or "") else None
    twin = session.scalar(sa.select(Service).where(Service.ref == ref)) if ref else None
    if twin is not None and twin.author_id == actor.user_id:
        return twin
    written = _checked(written)
    now = clock.now(session)
    service = Service(
        ref=new_ref() if twin or not ref else ref,
        centre_id=centre_id,
        provider_id=_known(session, provider_id or centre_id),
        author_id=actor.user_id,
        created_at=now,
        updated_at=now,
    )
    _write(service, written)
    session.add(service)
    session.flush()
    _record(session, actor, "service.created", service, now)
    return service


def edit(
    session: Session,
    actor: Actor,
    ref: str,
    written: ServiceFacts,
    provider_id: int | None = None,
    seen: dt.datetime | None = None,
) -> Service:
    """Keep what was written. Who provides it is the centre's word: `provider_id` of None leaves it.

    Raises `WrongState("changed_meanwhile")` where somebody else has saved since `seen`.
    """
    service = facts.service_by_ref(session, ref, held=True)
    subject = facts.service_subject(service)
    require(actor, Action.SERVICE_EDIT, subject)
    provider_id = provider_id or service.provider_id
    if provider_id != service.provider_id and not can(actor, Action.SERVICE_CREATE, subject):
        raise NotAllowed(action=Action.SERVICE_CREATE.value)
    written = _checked(written)
    if read(service) == written and provider_id == service.provider_id:
        return service
    if seen is not None and service.updated_at != seen:
        raise WrongState("changed_meanwhile", at=service.updated_at)
    now = clock.now(session)
    days = service.quiet_days
    _write(service, written)
    service.provider_id, service.updated_at = _known(session, provider_id), now
    if service.quiet_days != days:
        _count_anew(session, service)
    session.flush()
    session.refresh(service, ["provider"])
    _record(session, actor, "service.edited", service, now)
    return service


def offer(session: Session, actor: Actor, ref: str) -> Service:
    """Put it before everyone: it can be asked for."""
    return _step(session, actor, ref, "offer")


def retire(session: Session, actor: Actor, ref: str) -> Service:
    """Take it out of the catalogue; what was asked for goes on."""
    return _step(session, actor, ref, "retire")


def _step(session: Session, actor: Actor, ref: str, verb: str) -> Service:
    service = facts.service_by_ref(session, ref, held=True)
    require(actor, Action.SERVICE_EDIT, facts.service_subject(service))
    target = {"offer": "offered", "retire": "retired"}[verb]
    if service.state == target:
        return service
    service.state = SERVICE.step(service.state, verb)
    now = clock.now(session)
    service.updated_at = now
    session.flush()
    _record(session, actor, f"service.{target}", service, now)
    return service


def read(service: Service) -> ServiceFacts:
    """What is written about it."""
    values: dict[str, Any] = {each.name: getattr(service, each.name) or "" for each in fields(ServiceFacts)}
    return ServiceFacts(**values)


def _checked(written: ServiceFacts) -> ServiceFacts:
    written = written.tidied()
    faults: list[Invalid] = []
    if written.kind not in KINDS:
        faults.append(Invalid("kind", "not_a_choice"))
    for name, most in MOST.items():
        both = {suffix: getattr(written, f"{name}_{suffix}") for suffix in ("zh", "en")}
        if name in NEEDED and not any(both.values()):
            faults.append(Invalid(f"{name}_zh", "one_language"))
        for suffix, text in both.items():
            if len(text) > most:
                faults.append(Invalid(f"{name}_{suffix}", "too_long", most=most, length=len(text)))
    if written.quiet_days is None or not 1 <= written.quiet_days <= MOST_QUIET_DAYS:
        faults.append(Invalid("quiet_days", "out_of_range", minimum=1, maximum=MOST_QUIET_DAYS))
    if faults:
        raise InvalidMany(faults)
    return written


def _write(service: Service, written: ServiceFacts) -> None:
    for each in fields(written):
        value = getattr(written, each.name)
        setattr(service, each.name, value if value != "" else None)


def _known(session: Session, organization_id: int) -> int:
    if session.get(Organization, organization_id) is None:
        raise Invalid("provider", "not_a_choice")
    return organization_id


def _count_anew(session: Session, service: Service) -> None:
    """Another number of days counts for what is open already."""
    query = sa.select(ServiceRequest).where(
        ServiceRequest.service_id == service.id, ServiceRequest.state.in_(OPEN)
    )
    for request in session.scalars(query.with_for_update()):
        request.quiet_at = request.moved_at + dt.timedelta(days=service.quiet_days)


def _record(session: Session, actor: Actor, action: str, service: Service, now: dt.datetime) -> None:
    chain.record(session, actor, action, f"service:{service.id}", at=now, centre_id=service.centre_id)
