"""Reads of webhooks: those of a place with how the last delivery went, and the log of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from challenge.messages.webhook_models import Webhook, WebhookDelivery
from challenge.messages.webhooks import Place


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook in a list; the last delivery's state and time where there was one."""

    ref: str
    name: str
    url: str
    state: str
    events: Sequence[str]
    failing_since_at: dt.datetime | None
    last_state: str | None
    last_at: dt.datetime | None


def of_place(session: Session, place: Place) -> list[WebhookRow]:
    """All of a programme or an organization, oldest first (one statement)."""
    newest = (
        sa.select(sa.func.max(WebhookDelivery.id))
        .where(WebhookDelivery.webhook_id == Webhook.id)
        .correlate(Webhook)
        .scalar_subquery()
    )
    columns = (
        Webhook.ref,
        Webhook.name,
        Webhook.url,
        Webhook.state,
        Webhook.events,
        Webhook.failing_since_at,
    )
    query = sa.select(*columns, WebhookDelivery.state, WebhookDelivery.created_at)
    query = query.outerjoin(WebhookDelivery, WebhookDelivery.id == newest).where(place.column)
    return [WebhookRow(*row) for row in session.execute(query.order_by(Webhook.id))]


def deliveries(
    session: Session, webhook: Webhook, before: int | None = None, limit: int = 50
) -> Sequence[WebhookDelivery]:
    """Its deliveries, newest first, without their bodies."""
    query = sa.select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    query = query.options(defer(WebhookDelivery.body)).order_by(WebhookDelivery.id.desc())
    return session.scalars(query.limit(limit)).all()
