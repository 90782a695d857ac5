"""Webhooks set up by whoever answers for a programme or an organization; their secrets; sending again."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.audit import chain
from challenge.base import clock, ids, outgoing
from challenge.base.db import begin_write
from challenge.messages import webhook_bodies
from challenge.messages.webhook_models import Webhook, WebhookDelivery
from challenge.rounds.models import Programme
from challenge.rules import webhooks as rules
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.tasks import queue
from challenge.tasks.queue import Work
from config import Settings

KIND = "webhook"  # of its rows of work
_PURPOSE = "webhook"  # of what is sealed


@dataclass(frozen=True, slots=True)
class Place:
    """A programme or an organization whose webhooks are meant."""

    kind: str  # programme, organization
    id: int
    subject: Subject

    @property
    def column(self) -> sa.ColumnElement[bool]:
        """The condition that a webhook is its."""
        named = Webhook.programme_id if self.kind == "programme" else Webhook.organization_id
        return named == self.id


@dataclass(frozen=True, slots=True)
class Wish:
    """A webhook as it is written."""

    name: str
    url: str
    events: Sequence[str]


def of_programme(programme: Programme) -> Place:
    """The place of a programme's webhooks: its organizers'."""
    about = Subject(kind="programme", programme_id=programme.id, host_id=programme.host_id)
    return Place("programme", programme.id, about)


def of_organization(organization: Organization) -> Place:
    """The place of an organization's webhooks: its representatives'."""
    return Place("organization", organization.id, Subject(kind="organization", seeker_id=organization.id))


def permit(actor: Actor, place: Place) -> None:
    """Only whoever answers for it; raises NotAllowed."""
    require(actor, Action.WEBHOOK_EDIT, place.subject)


def create(session: Session, actor: Actor, place: Place, wish: Wish) -> Webhook:
    """Set one up; the same name and address sent twice is one. Raises `InvalidMany`."""
    permit(actor, place)
    begin_write(session)
    there = session.scalars(sa.select(Webhook).where(place.column).with_for_update()).all()
    for each in there:
        if (each.name, each.url) == (wish.name.strip(), wish.url.strip()):
            return each
    faults = _faults(place, wish)
    if len(there) >= rules.MOST:
        faults.append(Invalid("name", "too_many_rows", most=rules.MOST))
    if faults:
        raise InvalidMany(faults)
    webhook = Webhook(
        **{f"{place.kind}_id": place.id},
        **_values(place, wish),
        salt=ids.new_token(),
        author_id=actor.user_id,
        created_at=clock.now(session),
    )
    session.add(webhook)
    session.flush()
    _record(session, actor, "webhook.created", webhook)
    return webhook


def edit(session: Session, actor: Actor, place: Place, ref: str, wish: Wish) -> None:
    """Change name, address or events; raises `InvalidMany`, NotFound."""
    permit(actor, place)
    webhook = by_ref(session, place, ref, lock=True)
    faults = _faults(place, wish)
    if faults:
        raise InvalidMany(faults)
    for name, value in _values(place, wish).items():
        setattr(webhook, name, value)
    session.flush()
    _record(session, actor, "webhook.edited", webhook)


def switch(session: Session, actor: Actor, place: Place, ref: str, *, on: bool) -> None:
    """Pause it, or let it go on; what is queued still goes out. Done twice it is done."""
    permit(actor, place)
    webhook = by_ref(session, place, ref, lock=True)
    if (webhook.state == "on") == on:
        return
    webhook.state, webhook.off_at, webhook.failing_since_at = "on" if on else "paused", None, None
    session.flush()
    _record(session, actor, "webhook.resumed" if on else "webhook.paused", webhook)


def rotate(session: Session, actor: Actor, place: Place, ref: str) -> None:
    """A new secret; the one before signs beside it for a day, so that a receiver can change over."""
    permit(actor, place)
    webhook = by_ref(session, place, ref, lock=True)
    webhook.old_salt, webhook.old_until_at = webhook.salt, clock.now(session) + rules.OVERLAP
    webhook.salt = ids.new_token()
    session.flush()
    _record(session, actor, "webhook.secret_rotated", webhook)


def remove(session: Session, actor: Actor, place: Place, ref: str) -> None:
    """Take it away with its log. Gone twice is NotFound."""
    permit(actor, place)
    webhook = by_ref(session, place, ref, lock=True)
    _record(session, actor, "webhook.removed", webhook)
    session.delete(webhook)
    session.flush()


def ping(session: Session, actor: Actor, place: Place, ref: str) -> WebhookDelivery:
    """Send a word that means nothing, to see that it arrives; a paused one can be tried too."""
    permit(actor, place)
    webhook = by_ref(session, place, ref, lock=True)
    now, name = clock.now(session), ids.new_ref()
    body = webhook_bodies.written(rules.PING, name, now, {"webhook": webhook.ref})
    made = WebhookDelivery(
        ref=name, webhook_id=webhook.id, cause=f"ping/{name}", event=rules.PING, body=body, created_at=now
    )
    session.add(made)
    session.flush()
    queue.put(session, work_of(name), at=now)
    return made


def send_again(session: Session, actor: Actor, place: Place, ref: str, delivery_ref: str) -> None:
    """Send a delivery once more, under its own id, so that a receiver that has it knows it."""
    permit(actor, place)
    webhook = by_ref(session, place, ref, lock=True)
    if webhook.state == "off":
        raise WrongState("webhook_off")
    delivery = delivery_of(session, webhook, delivery_ref)
    if delivery.state == "queued":
        return
    delivery.state, delivery.ended_at = "queued", None
    session.flush()
    queue.put_again(session, work_of(delivery.ref))
    _record(session, actor, "webhook.sent_again", webhook, delivery=delivery.ref)


def secrets_of(webhook: Webhook, salts: Sequence[str]) -> list[str]:
    """The secrets for these salts, `whsec_` and 32 bytes in Base64: the installation's key makes them."""
    sealed = (ids.sealed(_PURPOSE, f"{webhook.ref}/{salt}") for salt in salts)
    return ["whsec_" + base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in sealed]


def by_ref(session: Session, place: Place, ref: str, *, lock: bool = False) -> Webhook:
    """One of the place's; raises NotFound."""
    query = sa.select(Webhook).where(place.column, Webhook.ref == ref)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def delivery_of(session: Session, webhook: Webhook, ref: str) -> WebhookDelivery:
    """One of its deliveries; raises NotFound."""
    here = sa.and_(WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.ref == ref)
    found = session.scalar(sa.select(WebhookDelivery).where(here))
    if found is None:
        raise NotFound
    return found


def work_of(ref: str) -> Work:
    """The row of work that sends a delivery."""
    return Work(KIND, f"webhook/{ref}", {"delivery": ref})


def private_allowed() -> bool:
    """Whether http and addresses of this network may be sent to: development and tests alone."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.webhook_private_addresses


def _values(place: Place, wish: Wish) -> dict[str, object]:
    events = [each for each in rules.EVENTS[place.kind] if each in wish.events]
    return {"name": wish.name.strip(), "url": wish.url.strip(), "events": events}


def _faults(place: Place, wish: Wish) -> list[Invalid]:
    faults = []
    name, url = wish.name.strip(), wish.url.strip()
    if not name:
        faults.append(Invalid("name", "required"))
    for field, text, most in (("name", name, rules.NAME_LENGTH), ("url", url, rules.URL_LENGTH)):
        if len(text) > most:
            faults.append(Invalid(field, "too_long", most=most, length=len(text)))
    fault = "required" if not url else outgoing.fault_of(url, private=private_allowed())
    if fault is not None and len(url) <= rules.URL_LENGTH:
        faults.append(
            Invalid("url", fault if fault in ("required", "not_a_web_page") else f"webhook_{fault}")
        )
    if not set(wish.events) & set(rules.EVENTS[place.kind]):
        faults.append(Invalid("events", "choose_one"))
    return faults


def _record(session: Session, actor: Actor, action: str, webhook: Webhook, **detail: Any) -> None:
    about: dict[str, Any] = {"programme_id": webhook.programme_id, "organization_id": webhook.organization_id}
    chain.record(session, actor, action, f"webhook:{webhook.id}", **about, **detail)
