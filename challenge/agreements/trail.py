"""What follows from a step of an agreement: letters to those concerned, and the record in its round."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from challenge.agreements.models import Agreement
from challenge.audit import chain
from challenge.rules.permissions import Actor
from challenge.tasks import queue


def record(
    session: Session, actor: Actor, action: str, agreement: Agreement, now: dt.datetime, **detail: object
) -> None:
    """The entry in the chain of the round; it holds ids, numbers and digests, never a word of the terms."""
    round_id = agreement.requirement.round_id
    chain.record(
        session,
        actor,
        action,
        f"agreement:{agreement.id}",
        chain=chain.round_chain(round_id),
        at=now,
        requirement=agreement.requirement_id,
        **detail,
    )


def announce(
    session: Session, actor: Actor, event: str, agreement: Agreement, now: dt.datetime, mark: object
) -> None:
    """Say that it happened: flow/mails.py names who is told."""
    queue.announce(
        session,
        event,
        f"agreement:{agreement.id}",
        mark=mark,
        at=now,
        agreement_id=agreement.id,
        round_id=agreement.requirement.round_id,
        version=agreement.version,
        user_id=actor.user_id,
    )
