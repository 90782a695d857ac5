"""One try of a delivery: signed, sent to the checked address, and written down with what came back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.audit import chain
from challenge.base import clock, outgoing
from challenge.base.db import begin_write, fresh_session
from challenge.base.outgoing import Answer, Unreachable
from challenge.messages import webhooks
from challenge.messages.webhook_models import Webhook, WebhookDelivery
from challenge.rules import webhooks as rules
from challenge.rules.permissions import SYSTEM
from challenge.tasks import queue

MOST_TRIES = 20  # that a log shows of one delivery


@dataclass(frozen=True, slots=True)
class _Letter:
    """What is sent, read before anything is connected to: no database waits for a receiver."""

    url: str
    body: str
    headers: dict[str, str]


def deliver(task: queue.Leased) -> None:
    """Send a delivery; a failure is noted, and tried again with growing pauses by its row of work."""
    with fresh_session() as session:
        letter = _letter(session, task.payload["delivery"])
    if letter is None:
        return  # its webhook was removed or switched off meanwhile
    answer: Answer | None = None
    fault: str | None = None
    try:
        private = webhooks.private_allowed()
        answer = outgoing.post(letter.url, letter.body.encode(), letter.headers, private=private)
    except Unreachable as error:
        fault = error.code
    with fresh_session() as session:
        begin_write(session)
        _note(session, task, answer, fault)


def _letter(session: Session, ref: str) -> _Letter | None:
    delivery = _delivery(session, ref)
    if delivery is None or delivery.webhook.state == "off":
        return None
    webhook, now = delivery.webhook, clock.now(session)
    salts = [webhook.salt]
    if webhook.old_salt is not None and webhook.old_until_at is not None and now < webhook.old_until_at:
        salts.append(webhook.old_salt)
    keys = webhooks.secrets_of(webhook, salts)
    signed = rules.headers(keys, delivery.ref, int(now.timestamp()), delivery.body)
    product = {"Content-Type": "application/json", "User-Agent": "challenge-webhooks/1"}
    return _Letter(webhook.url, delivery.body, {**product, **signed})


def _delivery(session: Session, ref: str, *, lock: bool = False) -> WebhookDelivery | None:
    query = sa.select(WebhookDelivery).where(WebhookDelivery.ref == ref)
    query = query.options(joinedload(WebhookDelivery.webhook, innerjoin=True))
    return session.scalar(query.with_for_update() if lock else query)


def _note(session: Session, task: queue.Leased, answer: Answer | None, fault: str | None) -> None:
    if not queue.hold_on(session, task):
        return  # whoever took it over notes their own try
    delivery = _delivery(session, task.payload["delivery"], lock=True)
    if delivery is None:
        queue.finish(session, task)
        return
    now = clock.now(session)
    delivery.tries = [*delivery.tries, _try(now, answer, fault)][-MOST_TRIES:]
    if answer is not None and 200 <= answer.status < 300:
        delivery.state, delivery.ended_at, delivery.webhook.failing_since_at = "delivered", now, None
        session.flush()
        queue.finish(session, task)
        return
    status = answer.status if answer else None
    _failed(session, task, delivery, now, status)


def _failed(
    session: Session, task: queue.Leased, delivery: WebhookDelivery, now: dt.datetime, status: int | None
) -> None:
    webhook, last = delivery.webhook, task.attempts >= queue.MAX_ATTEMPTS
    webhook.failing_since_at = webhook.failing_since_at or now
    # A ping is watched by whoever sends it: it is answered at once, and is no reason to switch off.
    once = delivery.event == rules.PING
    if not once and rules.gives_up(webhook.failing_since_at, now, last_try=last, status=status):
        _switch_off(session, webhook, now)
        last = True
    if once or last:
        delivery.state, delivery.ended_at = "failed", now
    session.flush()
    why = f"status {status}" if status is not None else str(delivery.tries[-1]["fault"])
    (queue.give_up if once or last else queue.fail)(session, task, why)


def _switch_off(session: Session, webhook: Webhook, now: dt.datetime) -> None:
    if webhook.state == "off":
        return
    webhook.state, webhook.off_at = "off", now
    ids: dict[str, Any] = {"programme_id": webhook.programme_id, "organization_id": webhook.organization_id}
    subject = f"webhook:{webhook.id}"
    queue.announce(
        session, "webhook.switched_off", subject, mark=now.isoformat(), at=now, webhook_id=webhook.id, **ids
    )
    chain.record(session, SYSTEM, "webhook.switched_off", subject, at=now, **ids)


def _try(now: dt.datetime, answer: Answer | None, fault: str | None) -> dict[str, Any]:
    if answer is None:
        return {"at": now.isoformat(), "status": None, "fault": fault, "excerpt": "", "ms": None}
    redirected = 300 <= answer.status < 400
    return {
        "at": now.isoformat(),
        "status": answer.status,
        "fault": "redirected" if redirected else None,
        "excerpt": answer.excerpt,
        "ms": answer.milliseconds,
    }
