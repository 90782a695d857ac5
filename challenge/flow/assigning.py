"""Searches for the best assignment, as rows of work: what is known in, a proposal out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from challenge.base.db import fresh_session
from challenge.files.receiving import Kept
from challenge.files.storage import storage
from challenge.judging import runs, sheets
from challenge.rules.assignment_sheet import LIMITS
from challenge.rules.workbooks import Limits, Sheet
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
        _fail(task, run_id, str(fault))
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


def write_sheet(task: Leased, engine: Callable[[Sheet], bytes]) -> None:
    """The assignment as a workbook, kept under its digest."""
    run_id = int(task.payload["run_id"])
    with fresh_session() as session:
        asked = sheets.of_run(session, run_id)
    if asked is None:
        return
    made = engine(asked)
    with storage().in_use():
        kept = Kept(storage().put(made), len(made), sheets.TYPE, "")
        with fresh_session() as session:
            sheets.keep(session, run_id, kept)
            queue.finish(session, task)


def read_sheet(task: Leased, engine: Callable[[bytes, Limits], list[list[str]] | str]) -> None:
    """A workbook that came back: a proposal, or why it cannot be read."""
    run_id = int(task.payload["run_id"])
    with fresh_session() as session:
        found = sheets.source_of(session, run_id)
    if found is None:
        return
    rows = engine(b"".join(storage().read(found[0], 0, found[1])), LIMITS)
    if isinstance(rows, str):
        _fail(task, run_id, rows)
        return
    with fresh_session() as session:
        sheets.propose(session, run_id, rows)
        queue.finish(session, task)


def _fail(task: Leased, run_id: int, why: str) -> None:
    with fresh_session() as session:
        runs.fail(session, run_id, why)
        queue.finish(session, task)
