"""Kind of task -> what does it. Imported by `flask work` only: the heavy libraries load there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from challenge.base.db import fresh_session
from challenge.flow import effects, mails
from challenge.messages import delivery
from challenge.tasks import queue

Handler = Callable[[queue.Leased], None]


def expand_event(task: queue.Leased) -> None:
    """Turn an event into the rows of work that follow from it, and finish it in the same transaction."""
    with fresh_session() as session:
        works = effects.follow(session, {**task.payload, "key": task.key})
        queue.put(session, *works)
        queue.finish(session, task)


def expand_mailing(task: queue.Leased) -> None:
    """Put the letters of the next part of a large audience, and finish in the same transaction."""
    with fresh_session() as session:
        queue.put(session, *mails.follow_on(session, task.payload))
        queue.finish(session, task)


HANDLERS: Mapping[str, Handler] = {
    "event": expand_event,
    "mailing": expand_mailing,
    "mail": delivery.deliver,
}


def run(task: queue.Leased) -> None:
    """Do one leased task; what it raises becomes its error and its next try."""
    handler = HANDLERS.get(task.kind)
    if handler is None:
        raise LookupError(f"no handler for {task.kind!r}")
    handler(task)
