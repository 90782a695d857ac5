"""An installation that outgrew one machine: files in an object store, counters in Redis, two of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.rigs.buckets import URL, Rclone
from tests.rigs.redis import Redis


@dataclass(frozen=True, slots=True)
class Size:
    """How many processes an installation has, and the settings that tie them together.

    `counters` alone for a server whose rows a test writes itself: their files lie in its folder.
    """

    web: int = 1
    work: int = 1
    counters: dict[str, str] = field(default_factory=dict)
    store: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, str]:
        """All of them."""
        return self.counters | self.store


@pytest.fixture(scope="session")
def grown(request: pytest.FixtureRequest, worker_folder: Path) -> Iterator[Size]:
    """What stands beside the run's database: nothing beside SQLite, all of it beside PostgreSQL."""
    if request.config.getoption("--database") == "sqlite":
        yield Size()
        return
    redis: Redis = request.getfixturevalue("standing_redis")
    store = Rclone(worker_folder / "store")
    counters = {"RATE_LIMIT_STORAGE": redis.url, "NO_RATE_LIMITS": "0"}
    yield Size(2, 2, counters, {"FILES_URL": URL, **store.env})
    store.go_away()
