"""Reads of letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from challenge.accounts.models import User
from challenge.distribution.models import Recipient
from challenge.messages.models import Letter
from challenge.rules.errors import NotFound


@dataclass(frozen=True, slots=True)
class Post:
    """The letters to an address: how many, the last one, and whether the address sends them back."""

    count: int
    last_at: dt.datetime | None
    bounced_at: dt.datetime | None


def letters(session: Session, to: str, before: int | None, limit: int) -> Sequence[Letter]:
    """Letters newest first, to one address where one is given, those before the id `before`."""
    query = sa.select(Letter).options(defer(Letter.body), defer(Letter.html))
    if to:
        query = query.where(Letter.recipient == to)
    if before is not None:
        query = query.where(Letter.id < before)
    return session.scalars(query.order_by(Letter.id.desc()).limit(limit)).all()


def letter(session: Session, ref: str) -> Letter:
    """One letter; raises NotFound."""
    found = session.scalar(sa.select(Letter).where(Letter.ref == ref))
    if found is None:
        raise NotFound
    return found


def post_of(session: Session, person: User) -> Post:
    """What is known of the letters to somebody; two statements."""
    mine = sa.select(sa.func.count(), sa.func.max(Letter.created_at)).where(Letter.recipient == person.email)
    count, last = session.execute(mine).one()
    back = sa.or_(Recipient.user_id == person.id, sa.func.lower(Recipient.address) == person.email)
    return Post(count, last, session.scalar(sa.select(sa.func.max(Recipient.failed_at)).where(back)))
