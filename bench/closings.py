"""Storms of closings: several workers on the same rounds, and a thousand rounds due at one instant."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bench.crowds import app_of, database_now, due_rounds
from bench.rows import Row
from challenge.audit import chain
from challenge.audit.models import AuditEntry
from challenge.base.db import fresh_session
from challenge.rounds.models import RoundWindow
from challenge.tasks.models import Task

ROOT = Path(__file__).resolve().parent.parent
EVENT = "round.submission_closed"


@contextmanager
def workers(count: int, url: str, data: Path) -> Iterator[None]:
    """So many `flask work` processes, ended at the end."""
    env = {**os.environ, "DATABASE_URL": url, "CHALLENGE_DATA": str(data), "CHALLENGE_MODE": "dev"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "work"]
    with (data / "work.log").open("ab") as log:
        running = [subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log) for _ in range(count)]
        try:
            yield
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(30)


def _count(*where: sa.ColumnElement[bool]) -> int:
    with fresh_session() as session:
        return session.scalar(sa.select(sa.func.count()).where(*where)) or 0


def _closed() -> int:
    return _count(RoundWindow.stage == "submission", RoundWindow.closed_at.is_not(None))


def _wait(count: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _closed() < count and time.monotonic() < deadline:
        time.sleep(0.05)


def fifty_rounds(name: str, url: str, data: Path, _seed: int) -> list[Row]:
    """Four workers, fifty rounds: fifty closures, each with one audit entry and one event."""
    with app_of(url, data):
        due_rounds(50, database_now() + dt.timedelta(seconds=6))
        with workers(4, url, data):
            _wait(50, 40)
            time.sleep(3)  # time enough to close something twice
        entries = _count(AuditEntry.action == EVENT)
        events = _count(Task.key.like(f"event/{EVENT}/%"))
        with fresh_session() as session:
            faults = chain.verify(session)[1]
        return [
            Row(f"{name}: four `flask work` processes, 50 rounds: closures", _closed(), "rounds", 50, "eq"),
            Row(
                f"{name}: four `flask work` processes, 50 rounds: audit entries", entries, "entries", 50, "eq"
            ),
            Row(f"{name}: four `flask work` processes, 50 rounds: events", events, "events", 50, "eq"),
            Row(
                f"{name}: four `flask work` processes, 50 rounds: audit faults",
                len(faults),
                "faults",
                0,
                "eq",
            ),
        ]


def thousand_rounds(name: str, url: str, data: Path, _seed: int) -> list[Row]:
    """One worker, a thousand rounds due at one instant: how long until the last is closed."""
    with app_of(url, data):
        closes_at = database_now() + dt.timedelta(seconds=12)
        due_rounds(1000, closes_at)
        with workers(1, url, data):
            _wait(1000, 40)
            took = (database_now() - closes_at).total_seconds()
        entries = _count(AuditEntry.action == EVENT)
        return [
            Row(f"{name}: 1,000 rounds due at once: all closed after", took, "s", 5),
            Row(f"{name}: 1,000 rounds due at once: audit entries", entries, "entries", 1000, "eq"),
        ]
