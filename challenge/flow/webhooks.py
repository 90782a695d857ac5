"""Events that go out by webhook: a delivery for each webhook that wants it, and the work that sends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, RoleGrant
from challenge.base import clock
from challenge.base.db import insert_into
from challenge.base.ids import new_ref
from challenge.messages import webhook_bodies, webhooks
from challenge.messages.webhook_models import Webhook, WebhookDelivery
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.webhooks import EVENTS
from challenge.tasks.queue import Work

KEPT = dt.timedelta(days=90)  # how long the log of a delivery can be read


def follow(session: Session, facts: Mapping[str, Any]) -> list[Work]:
    """The deliveries of an event, each once however often the event is expanded."""
    event = facts["event"]
    if not any(event in events for events in EVENTS.values()) or facts.get("round_id") is None:
        return []
    wanting = [each for each in _hooks(session, facts) if event in each.events]
    if not wanting:
        return []
    about, now = webhook_bodies.about(session, facts), clock.now(session)
    works = []
    for hook in wanting:
        ref = new_ref()
        values = {
            "ref": ref,
            "webhook_id": hook.id,
            "cause": str(facts["key"])[:500],
            "event": event,
            "body": webhook_bodies.written(event, ref, now, about),
            "state": "queued",
            "tries": [],
            "created_at": now,
        }
        put = insert_into(session, WebhookDelivery).values(**values).on_conflict_do_nothing()
        if session.scalar(put.returning(WebhookDelivery.id)) is not None:
            works.append(webhooks.work_of(ref))
    return works


def _hooks(session: Session, facts: Mapping[str, Any]) -> list[Webhook]:
    programme = sa.select(Round.programme_id).where(Round.id == facts["round_id"]).scalar_subquery()
    here = Webhook.programme_id == programme
    if facts.get("requirement_id") is not None:
        seeker = sa.select(Requirement.seeker_id).where(Requirement.id == facts["requirement_id"])
        here = sa.or_(here, Webhook.organization_id == seeker.scalar_subquery())
    query = sa.select(Webhook).where(here, Webhook.state == "on").order_by(Webhook.id)
    return list(session.scalars(query))


def answering(facts: Mapping[str, Any]) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """Who answers for it: organizers of its programme and host, or representatives of its organization."""
    programme, organization = facts.get("programme_id"), facts.get("organization_id")
    if organization is not None:
        mine = sa.and_(Membership.organization_id == organization, Membership.representative.is_(True))
        return sa.select(Membership.user_id).where(mine)
    host = sa.select(Programme.host_id).where(Programme.id == programme).scalar_subquery()
    of_host = sa.and_(RoleGrant.scope == "organization", RoleGrant.scope_id == host)
    of_programme = sa.and_(RoleGrant.scope == "programme", RoleGrant.scope_id == programme)
    organizing = sa.and_(RoleGrant.role == "organizer", sa.or_(of_programme, of_host))
    return sa.select(RoleGrant.user_id).where(
        sa.or_(organizing, sa.and_(RoleGrant.role == "manager", of_host))
    )


def forget(session: Session, now: dt.datetime, limit: int) -> int:
    """Take old deliveries out of the log, a batch; how many went."""
    old = sa.select(WebhookDelivery.id).where(
        WebhookDelivery.state != "queued", WebhookDelivery.created_at < now - KEPT
    )
    gone = sa.delete(WebhookDelivery).where(WebhookDelivery.id.in_(old.limit(limit)))
    return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]
