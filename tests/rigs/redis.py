"""A Redis of the run's own: Debian's redis-server, started once by each worker, nothing kept on a disk."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.ports import free_port

SERVER = Path(os.environ.get("REDIS_SERVER", "/usr/bin/redis-server"))
PATIENCE = 10.0


class Redis:
    """A server that may be stopped and started again."""

    def __init__(self) -> None:
        if not SERVER.exists():
            raise RuntimeError(
                f"{SERVER} is not there: `make test` installs it, REDIS_SERVER=... names another"
            )
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [str(SERVER), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.02)
        raise RuntimeError("redis-server did not start")

    def stop(self) -> None:
        """Stop it; what it knew is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None

    def empty(self) -> None:
        """Forget everything."""
        if self._process is None:
            self.start()
        self._client().flushall()

    def keys(self) -> int:
        """How much it knows."""
        return int(self._client().dbsize())

    def _answers(self) -> bool:
        import redis

        try:
            return bool(self._client().ping())
        except redis.exceptions.ConnectionError:
            return False

    def _client(self) -> redis.Redis:  # type: ignore[name-defined]  # noqa: F821
        import redis

        return redis.Redis(port=self.port, socket_timeout=2, decode_responses=True)


@pytest.fixture(scope="session")
def standing_redis() -> Iterator[Redis]:
    """One server for a worker's tests."""
    server = Redis()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_server(standing_redis: Redis) -> Redis:
    """A Redis that runs and knows nothing: `url`, `stop()`, `start()`."""
    standing_redis.empty()
    return standing_redis
