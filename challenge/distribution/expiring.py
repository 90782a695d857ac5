"""Answers that nobody waits for any more: by the clock, and because the requirement is over."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.distribution.models import Dispatch
from challenge.rules.lifecycles import DISPATCH, SILENT

BATCH = 500


def expire(session: Session) -> int:
    """Expire up to `BATCH` dispatches whose time is over; how many. A conditional update: twice is once."""
    now = clock.now(session)
    states = ("queued", *SILENT)
    due = sa.select(Dispatch.id).where(Dispatch.state.in_(states), Dispatch.expires_at <= now).limit(BATCH)
    ids = session.scalars(due).all()
    if not ids:
        return 0
    target = {DISPATCH.step(each, "expire") for each in states}.pop()
    mine = sa.and_(Dispatch.id.in_(ids), Dispatch.state.in_(states))
    session.execute(sa.update(Dispatch).where(mine).values(state=target, moved_at=now))
    return len(ids)
