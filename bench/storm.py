"""`make storm`: many processes against one clock, on SQLite and on PostgreSQL; writes bench/storm.json.

`python -m bench.storm kills SQLite` blows only what these words name, and writes nothing.

Rows are {"job", "figure", "unit", "target", "ok"}; `ok` is computed. A row that bench/expected-storm.json
names and that is missing is a miss. Ends with 1 when anything missed.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from bench import announced, closings, deadline, drain, kills, lastminute, probed, saved, tampering
from bench.rows import Row, expected_missing, table
from tests.rigs import postgres

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "bench" / "storm.json"
EXPECTED = ROOT / "bench" / "expected-storm.json"
SEED = 20261122


STORMS: Mapping[str, Callable[[str, str, Path, int], list[Row]]] = {
    "fifty": closings.fifty_rounds,
    "thousand": closings.thousand_rounds,
    "unattended": deadline.none_alive,
    "deadline": deadline.crowd,
    "lastminute": lastminute.storm,
    "kills": kills.storm,
    "drain": drain.storm,
    "announced": announced.storm,
    "saved": saved.storm,
    "probed": probed.storm,
    "tampering": tampering.storm,
}
DATABASES = ("PostgreSQL", "SQLite")


def main(*only: str) -> int:
    """Run every storm on both databases, or those that are named, and say what came of it."""
    rows: list[Row] = []
    storms = [STORMS[each] for each in STORMS if each in only] or list(STORMS.values())
    databases = [each for each in DATABASES if each in only] or DATABASES
    folder = Path(tempfile.mkdtemp(prefix="challenge-storm-"))
    try:
        server = postgres.start(folder)
        for name in databases:
            for storm in storms:
                with _database(name, folder, server) as (url, data):
                    new = storm(name, url, data, SEED)
                    print(table(new), flush=True)
                    rows += new
    finally:
        postgres.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
    if not only:
        rows += expected_missing(rows, EXPECTED)
        OUT.write_text(json.dumps([row.as_json() for row in rows], indent=1), encoding="utf-8")
    print(f"\n{sum(row.ok for row in rows)} of {len(rows)} rows hold")
    return 0 if all(row.ok for row in rows) else 1


@contextmanager
def _database(name: str, folder: Path, server: str) -> Iterator[tuple[str, Path]]:
    """A migrated empty database of its own, with a data folder."""
    token = secrets.token_hex(4)
    data = folder / f"data-{token}"
    data.mkdir()
    if name == "SQLite":
        url = f"sqlite:///{data / 'storm.db'}"
    else:
        database = f"storm_{token}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        url = psycopg_url(server, database)
    env = {**os.environ, "DATABASE_URL": url, "CHALLENGE_DATA": str(data), "CHALLENGE_MODE": "dev"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the migration failed:\n{done.stderr}")
    yield url, data


def psycopg_url(server: str, database: str) -> str:
    """The server's address with another database in it."""
    from sqlalchemy.engine import make_url

    return (
        make_url(server).set(drivername="postgresql", database=database).render_as_string(hide_password=False)
    )


if __name__ == "__main__":
    started = time.monotonic()
    code = main(*sys.argv[1:])
    print(f"{time.monotonic() - started:.0f} s")
    raise SystemExit(code)
