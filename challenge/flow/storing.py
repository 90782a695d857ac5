"""The store counted: what rows say, and the files that nothing names any more and the next hours collect."""

from __future__ import annotations

from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.flow import collecting
from challenge.reports import storage_use
from challenge.tasks import queue
from challenge.tasks.queue import Leased


def run(task: Leased) -> None:
    """Count, and keep the count."""
    with fresh_session() as session:
        orphans = collecting.unwanted(session, clock.now(session))
    with fresh_session() as session:
        storage_use.keep(session, orphans)
        queue.finish(session, task)
