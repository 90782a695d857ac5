"""Reads of distribution: per requirement with counts, per dispatch, one's inbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts.models import User
from challenge.distribution.models import Care, Dispatch, DispatchAttempt, Posting, Recipient
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rules.lifecycles import DISPATCH

STATES = ("queued", "sent", "opened", "interested", "declined", "forwarded", "bounced", "expired")


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A public requirement of a round: who looks after it, and how many dispatches stand in which state."""

    id: int
    ref: str
    number: str | None
    state: str
    title_zh: str | None
    title_en: str | None
    broker_id: int | None
    broker: str | None
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many were sent it, or will be."""
        return sum(self.counts.values())

    @property
    def opened(self) -> int:
        """How many opened it, whether or not they answered then."""
        return sum(self.counts.get(each, 0) for each in ("opened", "interested", "declined", "forwarded"))


@dataclass(frozen=True, slots=True)
class DispatchRow:
    """One dispatch: to whom, by what, how it stands."""

    id: int
    ref: str
    name: str
    address: str
    channel: str
    origin: str
    state: str
    reason: str | None
    note: str
    attempts: int
    created_at: dt.datetime
    sent_at: dt.datetime | None
    opened_at: dt.datetime | None
    answered_at: dt.datetime | None
    recipient_ref: str
    most: int
    failed_at: dt.datetime | None
    failure: str | None
    unsubscribed_at: dt.datetime | None
    passed_on_by: str | None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A message in somebody's inbox, by its first need."""

    ref: str
    created_at: dt.datetime
    needs: int
    waiting: int
    title_zh: str | None
    title_en: str | None


def needs(session: Session, round_id: int, after: int | None = None, limit: int = 50) -> list[NeedRow]:
    """The public requirements of a round, newest first, with their counts (two statements)."""
    query = (
        sa.select(
            *(Requirement.id, Requirement.ref, Requirement.number, Requirement.state),
            *(Requirement.title_zh, Requirement.title_en, Care.broker_id, User.name),
        )
        .outerjoin(Care, (Care.requirement_id == Requirement.id) & (Care.state == "claimed"))
        .outerjoin(User, User.id == Care.broker_id)
        .where(Requirement.round_id == round_id, Requirement.state.in_(PUBLIC_STATES))
        .order_by(Requirement.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Requirement.id < after)
    rows = session.execute(query).all()
    found = counts(session, [row[0] for row in rows])
    return [NeedRow(*row, counts=found.get(row[0], {})) for row in rows]


def counts(session: Session, requirement_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Requirement -> state -> how many dispatches (one statement)."""
    query = (
        sa.select(Dispatch.requirement_id, Dispatch.state, sa.func.count())
        .where(Dispatch.requirement_id.in_(requirement_ids))
        .group_by(Dispatch.requirement_id, Dispatch.state)
    )
    found: dict[int, dict[str, int]] = {}
    for key, state, count in session.execute(query):
        found.setdefault(key, {})[state] = count
    return found


def dispatches(
    session: Session, requirement_id: int, state: str = "", before: int | None = None, limit: int = 50
) -> list[DispatchRow]:
    """The dispatches of a requirement, newest first (one statement)."""
    parent, giver = aliased(Dispatch), aliased(Recipient)
    query = (
        sa.select(
            *(Dispatch.id, Dispatch.ref, Recipient.name, Recipient.address, Dispatch.channel),
            *(Dispatch.origin, Dispatch.state, Dispatch.reason, Dispatch.note, Dispatch.attempts),
            *(Dispatch.created_at, Dispatch.sent_at, Dispatch.opened_at, Dispatch.answered_at),
            *(Recipient.ref, Recipient.most, Recipient.failed_at, Recipient.failure),
            *(Recipient.unsubscribed_at, giver.address),
        )
        .join(Recipient, Recipient.id == Dispatch.recipient_id)
        .outerjoin(parent, parent.id == Dispatch.parent_id)
        .outerjoin(giver, giver.id == parent.recipient_id)
        .where(Dispatch.requirement_id == requirement_id)
        .order_by(Dispatch.id.desc())
        .limit(limit)
    )
    if state in DISPATCH.states:
        query = query.where(Dispatch.state == state)
    if before is not None:
        query = query.where(Dispatch.id < before)
    found: Sequence[Any] = session.execute(query).all()
    return [DispatchRow(*row) for row in found]


def inbox(session: Session, user_id: int, limit: int = 50) -> list[InboxRow]:
    """What lies in a person's inbox, newest first (one statement); a need that is withdrawn is not told."""
    unanswered = sa.case((Dispatch.state.in_(("sent", "opened")), 1), else_=0)
    query = (
        sa.select(
            *(Posting.ref, Posting.created_at, sa.func.count(), sa.func.sum(unanswered)),
            *(sa.func.min(Requirement.title_zh), sa.func.min(Requirement.title_en)),
        )
        .join(Recipient, Recipient.id == Posting.recipient_id)
        .join(DispatchAttempt, DispatchAttempt.posting_id == Posting.id)
        .join(Dispatch, Dispatch.id == DispatchAttempt.dispatch_id)
        .join(Requirement, Requirement.id == Dispatch.requirement_id)
        .where(Recipient.user_id == user_id, Posting.channel == "inbox")
        .where(Requirement.state.in_(PUBLIC_STATES))
        .group_by(Posting.id)
        .order_by(Posting.id.desc())
        .limit(limit)
    )
    return [InboxRow(*row) for row in session.execute(query)]


def recipient_ref(session: Session, user_id: int) -> str | None:
    """The reference of a person as a recipient, once anything was sent to them."""
    return session.scalar(sa.select(Recipient.ref).where(Recipient.user_id == user_id).limit(1))


def unanswered(session: Session, user_id: int) -> int:
    """How many dispatches in a person's inbox wait for an answer (one statement)."""
    query = (
        sa.select(sa.func.count())
        .select_from(Dispatch)
        .join(Recipient, Recipient.id == Dispatch.recipient_id)
        .join(Requirement, Requirement.id == Dispatch.requirement_id)
        .where(Recipient.user_id == user_id, Dispatch.channel == "inbox")
        .where(Dispatch.state.in_(("sent", "opened")), Requirement.state.in_(PUBLIC_STATES))
    )
    return session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class Interested:
    """Somebody who said yes to a need."""

    ref: str
    name: str
    address: str
    recipient_id: int
    user_id: int | None


def interested(session: Session, requirement_id: int, limit: int = 200) -> list[Interested]:
    """Who said yes to a requirement, the last first (one statement)."""
    query = (
        sa.select(Dispatch.ref, Recipient.name, Recipient.address, Recipient.id, Recipient.user_id)
        .join(Recipient, Recipient.id == Dispatch.recipient_id)
        .where(Dispatch.requirement_id == requirement_id, Dispatch.state == "interested")
        .order_by(Dispatch.answered_at.desc())
        .limit(limit)
    )
    return [Interested(*row) for row in session.execute(query)]
