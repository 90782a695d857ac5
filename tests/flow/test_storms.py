"""The storms of `make storm`, blown small: the same servers, the same questions, seconds, not minutes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import announced, deadline, drain, kills, lastminute
from bench.kills import Size
from bench.rows import Row, table
from tests.rigs.database import Database

pytestmark = pytest.mark.slow
SEED = 20261123
PATIENCE = 60


@pytest.fixture
def name(database: Database) -> str:
    """What the storms call the database."""
    return "SQLite" if database.url.startswith("sqlite") else "PostgreSQL"


@pytest.fixture
def data(workshop: Path) -> Path:
    """A folder for a storm's servers, beside the run's own PostgreSQL."""
    folder = workshop / f"storm-{secrets.token_hex(4)}"
    folder.mkdir()
    return folder


def holds(rows: list[Row]) -> None:
    """Every figure meets its target, but for seconds: those are for a machine where nothing else runs."""
    assert all(row.ok or (row.unit == "s" and row.figure < PATIENCE) for row in rows), f"\n{table(rows)}"


def test_around_a_close_nobody_is_decided_wrongly_whatever_python_takes_the_time_for(
    name: str, spare_database: Callable[[], str], data: Path
) -> None:
    holds(deadline.crowd(name, spare_database(), data, SEED, count=60))


def test_nobody_gets_in_late_while_no_worker_records_the_close(
    name: str, spare_database: Callable[[], str], data: Path
) -> None:
    holds(deadline.none_alive(name, spare_database(), data, SEED))


def test_the_last_minute_keeps_every_file_of_everyone(
    name: str, spare_database: Callable[[], str], data: Path
) -> None:
    holds(lastminute.storm(name, spare_database(), data, SEED, count=30, within=3))


def test_kills_at_random_lose_nothing_that_was_acknowledged(
    name: str, spare_database: Callable[[], str], data: Path
) -> None:
    once_each = len(kills.KINDS[name])
    size = Size(kills=once_each, rounds=2, submissions=40)
    holds(kills.storm(name, spare_database(), data, SEED, size))


def test_letters_drain_once_each_however_often_their_sender_is_killed(
    name: str, spare_database: Callable[[], str], data: Path
) -> None:
    holds(drain.storm(name, spare_database(), data, SEED, drain.Size(mails=200, kills=3, lease=0.7)))


def test_results_go_out_whole_and_once_however_often_their_announcer_is_killed(
    name: str, spare_database: Callable[[], str], data: Path
) -> None:
    size = announced.Size(results=40, kills=3, lease=0.7)
    holds(announced.storm(name, spare_database(), data, SEED, size))
