"""Three days and one day before a call or submission closes: whoever has something open is told, once each.

There is no job per round: every few minutes the closes that are near are looked up, and each is an event
under a name of its own. A close that moved has new names. What was handed in meanwhile is asked when a letter
is written (messages.pending).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rounds.models import Round, RoundWindow
from challenge.rules.stages import Stage
from challenge.tasks.queue import Work

DAYS = (1, 3)  # the nearer first: of a close that is a day away nobody is told "three days"
EVENTS: Mapping[str, str] = {
    Stage.REQUIREMENTS.value: "requirements.due",
    Stage.SUBMISSION.value: "submission.due",
}


def due(session: Session) -> list[Work]:
    """An event for each close that is three days or one day away (one statement)."""
    now = clock.now(session)
    near = (RoundWindow.closes_at > now, RoundWindow.closes_at <= now + dt.timedelta(days=max(DAYS)))
    query = (
        sa.select(Round.id, RoundWindow.stage, RoundWindow.opens_at, RoundWindow.closes_at)
        .join(RoundWindow, RoundWindow.round_id == Round.id)
        .where(Round.launched_at.is_not(None), Round.cancelled_at.is_(None))
        .where(RoundWindow.stage.in_(EVENTS), RoundWindow.opens_at <= now, *near)
        .order_by(Round.id)
    )
    works = []
    for round_id, stage, opens, closes in session.execute(query):
        assert opens is not None  # as was asked
        assert closes is not None
        days = next(each for each in DAYS if closes - dt.timedelta(days=each) <= now)
        # What opened no earlier than that has just been told of.
        if opens < closes - dt.timedelta(days=days):
            event, subject = EVENTS[stage], f"round:{round_id}"
            facts = {"event": event, "subject": subject, "round_id": round_id}
            key = f"event/{event}/{subject}/{closes.isoformat()}/{days}d"
            works.append(Work("event", key, {**facts, "until_at": closes.isoformat()}))
    return works
