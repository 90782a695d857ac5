"""Who has something on offer that was last confirmed long ago."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, User
from challenge.supply.models import Achievement, Expert
from challenge.supply.reads import CONSENTED


@dataclass(frozen=True, slots=True)
class Owner:
    """A person, how much of theirs is stale, and since when the oldest was confirmed."""

    user_id: int
    count: int
    since: dt.datetime


def owners_of_stale(session: Session, before: dt.datetime, after: int, limit: int) -> list[Owner]:
    """People above the id `after` to be asked about what was not confirmed since `before` (one statement).

    Of an organization all who speak for it are asked.
    """
    stale = sa.and_(Achievement.state == "published", Achievement.confirmed_at < before)
    own = sa.select(Achievement.person_id.label("user_id"), Achievement.confirmed_at).where(
        stale, Achievement.person_id.is_not(None)
    )
    seats = sa.select(Membership.user_id, Achievement.confirmed_at).join(
        Membership, Membership.organization_id == Achievement.organization_id
    )
    profiles = sa.select(Expert.user_id, Expert.confirmed_at)
    things = sa.union_all(
        own,
        seats.where(stale, Membership.representative),
        profiles.where(CONSENTED, Expert.confirmed_at < before),
    ).subquery()
    query = (
        sa.select(things.c.user_id, sa.func.count(), sa.func.min(things.c.confirmed_at))
        .join(User, User.id == things.c.user_id)
        .where(User.active, User.confirmed_at.is_not(None), User.id > after)
        .group_by(things.c.user_id)
        .order_by(things.c.user_id)
        .limit(limit)
    )
    return [Owner(*row) for row in session.execute(query)]
