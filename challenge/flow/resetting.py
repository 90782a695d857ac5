"""Second factors that an administrator takes off an account, once the time to object is over."""

from __future__ import annotations

from challenge.accounts import resets
from challenge.base.db import fresh_session
from challenge.tasks import queue
from challenge.tasks.queue import Leased


def run(task: Leased) -> None:
    """One account, in one transaction with its letter and its record."""
    with fresh_session() as session:
        resets.carry_out(session, task.payload["reset_id"])
        queue.finish(session, task)
