"""Letters gathered to one mail: at eight in the morning where the reader lives, daily or on Mondays, once.

Every few minutes those who have something waiting are looked up; each gets a row of work under the name of
that morning. It takes the letters and puts the mail in one transaction, so nothing is told twice or lost.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock, i18n
from challenge.base.db import begin_write, fresh_session
from challenge.messages import letters
from challenge.messages.models import Letter
from challenge.rules.letters import DIGESTS
from challenge.tasks import queue
from challenge.tasks.queue import Leased, Work

HOUR, MONDAY = 8, 0
MOST_PEOPLE, MOST_NAMED = 1000, 50
_WAITING = sa.and_(Letter.way.in_(DIGESTS), Letter.digested_at.is_(None))


def mornings(now: dt.datetime, zone: str) -> dict[str, dt.datetime]:
    """The last morning of each kind of digest in a zone, as instants not after `now`."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() if local.hour >= HOUR else local.date() - dt.timedelta(days=1)
    monday = day - dt.timedelta(days=(day.weekday() - MONDAY) % 7)
    return {
        way: dt.datetime.combine(each, dt.time(HOUR), ZoneInfo(zone)).astimezone(dt.UTC)
        for way, each in (("daily", day), ("weekly", monday))
    }


def due(session: Session) -> list[Work]:
    """A row of work for everybody who has letters from before their last morning (one statement)."""
    now, usual = clock.now(session), str(current_app.config["SETTINGS"].default_zone)
    oldest = sa.func.min(Letter.created_at)
    query = (
        sa.select(User.id, User.zone, Letter.way, oldest)
        .join(Letter, Letter.user_id == User.id)
        .where(_WAITING)
        .group_by(User.id, User.zone, Letter.way)
        .order_by(oldest)
        .limit(MOST_PEOPLE)
    )
    works = {}
    for user_id, zone, way, since in session.execute(query):
        ends = mornings(now, zone if zone in i18n.ZONES else usual)
        if since < ends[way]:
            until = {each: end.isoformat() for each, end in ends.items()}
            key = f"digest/{user_id}/{until['daily']}"
            works[key] = Work("digest", key, {"user_id": user_id, **until})
    return list(works.values())


def run(task: Leased) -> None:
    """Take what has waited until this morning, and put the mail that names what is not read yet."""
    with fresh_session() as session:
        begin_write(session)
        user_id = task.payload["user_id"]
        until = [
            sa.and_(Letter.way == way, Letter.created_at < dt.datetime.fromisoformat(task.payload[way]))
            for way in DIGESTS
        ]
        query = sa.select(Letter.id, Letter.read_at).where(Letter.user_id == user_id, _WAITING)
        found = session.execute(query.where(sa.or_(*until)).order_by(Letter.id).with_for_update()).all()
        ids = [row.id for row in found]
        if ids and queue.hold_on(session, task):
            gone = sa.update(Letter).where(Letter.id.in_(ids)).values(digested_at=clock.now(session))
            session.execute(gone.execution_options(synchronize_session=False))
            fresh = [row.id for row in found if row.read_at is None]
            if fresh:
                about: dict[str, Any] = {"letter_ids": fresh[-MOST_NAMED:], "count": len(fresh)}
                queue.put(session, letters.mail(task.key, "digest", user_id=user_id, **about))
        queue.finish(session, task)
