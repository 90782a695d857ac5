"""Letters about meetings: to everybody named, with the invitation for calendars; reminders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session, joinedload

from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.docking.models import Docking, DockingPair
from challenge.messages import letters
from challenge.tasks import queue
from challenge.tasks.queue import Work

Facts = Mapping[str, Any]
TEMPLATES = {
    "docking.planned": "docking_planned",
    "docking.moved": "docking_moved",
    "docking.cancelled": "docking_cancelled",
}
LETTERS = frozenset({*TEMPLATES.values(), "docking_reminded"})


def follow(session: Session, facts: Facts) -> Sequence[Work]:
    """A letter to each who is named in the meeting."""
    docking = session.get_one(Docking, facts["docking_id"])
    return _to_all(docking, TEMPLATES[facts["event"]], f"docking:{docking.id}/{docking.revision}")


def _to_all(docking: Docking, template: str, cause: str) -> list[Work]:
    return [
        letters.mail(
            cause,
            template,
            address=each["address"],
            locale=each.get("locale"),
            docking_id=docking.id,
            side=each["side"],
            to=each["address"],
        )
        for each in docking.people
    ]


def remind(task: queue.Leased) -> None:
    """The day before, unless it was moved or called off since."""
    with fresh_session() as session:
        docking = session.get(Docking, task.payload["docking_id"])
        at = dt.datetime.fromisoformat(task.payload["at"])
        if docking is not None and docking.state == "planned" and docking.starts_at == at:
            cause = f"docking:{docking.id}/{at.isoformat()}"
            queue.put(session, *_to_all(docking, "docking_reminded", cause))
        queue.finish(session, task)


def next_step(task: queue.Leased) -> None:
    """The day of a next step has come: whoever looks after the need, and its seeker, are told."""
    with fresh_session() as session:
        whole = joinedload(Docking.pair).joinedload(DockingPair.requirement)
        docking = session.get(Docking, task.payload["docking_id"], options=[whole])
        at = dt.datetime.fromisoformat(task.payload["at"])
        if docking is not None and docking.next_at == at:
            need = docking.pair.requirement
            ids = {"docking_id": docking.id, "requirement_id": need.id, "round_id": need.round_id}
            now = clock.now(session)
            queue.announce(session, "docking.next_due", f"docking:{docking.id}", mark=at, at=now, **ids)
        queue.finish(session, task)
