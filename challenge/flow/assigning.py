"""Searches for the best assignment, as rows of work: what is known in, a proposal out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from challenge.base.db import fresh_session
from challenge.judging import runs
from challenge.tasks import queue
from challenge.tasks.queue import Leased

Engine = Callable[[dict[str, Any], Callable[[str, float], None]], dict[str, Any]]
EVERY = 1.0  # seconds between two words of progress


def run(task: Leased, engine: Engine) -> None:
    """Search for the run that the row of work names. What the engine cannot do is told on the page."""
    run_id = int(task.payload["run_id"])
    with fresh_session() as session:
        found = runs.matter_of(session, run_id)
    if found is None:
        return  # put aside, or done by another process
    asked, world = found
    try:
        answer = engine(asked, _Teller(run_id).say)
    except RuntimeError as fault:
        with fresh_session() as session:
            runs.fail(session, run_id, str(fault))
            queue.finish(session, task)
        return
    with fresh_session() as session:
        runs.keep(session, run_id, world, answer)
        queue.finish(session, task)


class _Teller:
    """Writes progress down, once a second at most."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self.told = 0.0

    def say(self, step: str, share: float) -> None:
        """The engine's word."""
        if time.monotonic() - self.told < EVERY:
            return
        self.told = time.monotonic()
        with fresh_session() as session:
            runs.progress(session, self.run_id, step, share)
