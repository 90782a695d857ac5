"""The database under a test: migrated once per run by the real migrations, clean for every test.

SQLite: the migrated file is copied over the worker's own. PostgreSQL: each worker has a copy of the migrated
database, and what a test filled is emptied (15 tables: 5 ms, where TRUNCATE takes 35 and a new copy 45).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import psycopg
import pytest
from psycopg import sql

from tests.rigs import postgres
from tests.rigs.workshop import alone

TEMPLATE = "challenge_template"


class Database(Protocol):
    """A migrated database that can be made clean, and copies of it."""

    url: str

    def clean(self) -> None:
        """Bring back the state right after the migrations."""

    def spare(self, name: str) -> str:
        """Another migrated, empty database; its address."""


class SqliteDatabase:
    """A file, copied from the migrated one."""

    def __init__(self, template: Path, file: Path) -> None:
        self.template = template
        self.file = file
        self.url = f"sqlite:///{file}"

    def clean(self) -> None:
        """Copy the migrated file over; the caller has closed every connection."""
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.template, self.file)

    def spare(self, name: str) -> str:
        """Copy the migrated file beside this one."""
        copy = self.file.with_name(f"{name}.db")
        shutil.copyfile(self.template, copy)
        return f"sqlite:///{copy}"


class PostgresqlDatabase:
    """A database of the run's server, made from the migrated template."""

    def __init__(self, server: str, name: str) -> None:
        self.server = server
        self.name = name
        self.url = postgres.create(server, name, TEMPLATE)
        self.connection = psycopg.connect(self.url, autocommit=True)
        self.tables = [row[0] for row in self.connection.execute(_TABLES)]
        self.seeded = [table for table in self.tables if self._is_filled(table)]
        self.connection.execute("CREATE SCHEMA pristine")
        self.connection.execute(_KEEP_SEQUENCES)
        for table in self.seeded:
            keep = sql.SQL("CREATE TABLE pristine.{0} AS TABLE public.{0}")
            self.connection.execute(keep.format(sql.Identifier(table)))

    def _is_filled(self, table: str) -> bool:
        statement = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))
        return self.connection.execute(statement).fetchone() is not None

    def clean(self) -> None:
        """Empty what is filled, put back what the migrations wrote, start the sequences anew."""
        probes = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(
                sql.Literal(table), sql.Identifier("public", table)
            )
            for table in self.tables
        ]
        with self.connection.transaction(), self.connection.cursor() as cursor:
            # Triggers and foreign keys stand aside: an append-only table refuses to be emptied.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            for (table,) in cursor.execute(sql.SQL(" UNION ALL ").join(probes)).fetchall():
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier("public", table)))
            for table in self.seeded:
                self._put_back(cursor, table)
            cursor.execute(_RESTART)

    def _put_back(self, cursor: psycopg.Cursor, table: str) -> None:
        columns = [row[0] for row in cursor.execute(_COLUMNS, [table]).fetchall()]
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL(
            "INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM pristine.{0}"
        )
        cursor.execute(statement.format(sql.Identifier(table), names))

    def spare(self, name: str) -> str:
        """Make one more database from the template."""
        return postgres.create(self.server, f"{self.name}_{name}", TEMPLATE)


_TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY tablename
"""
_COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
_KEEP_SEQUENCES = """
    CREATE TABLE pristine.sequences AS
    SELECT format('%I.%I', schemaname, sequencename) AS name, start_value, last_value
    FROM pg_sequences WHERE schemaname = 'public'
"""
_RESTART = """
    SELECT setval(
        kept.name::regclass, coalesce(kept.last_value, kept.start_value), kept.last_value IS NOT NULL
    )
    FROM pristine.sequences AS kept
    JOIN pg_sequences AS used ON format('%I.%I', used.schemaname, used.sequencename) = kept.name
    WHERE used.last_value IS DISTINCT FROM kept.last_value
"""


def migrate(url: str, data_dir: Path) -> None:
    """Bring an empty database to the newest migration, as `flask db upgrade` does."""
    from challenge.app import create_app
    from challenge.base.db import db
    from challenge.cli.database import upgrade
    from config import Settings

    app = create_app(Settings.for_test(database_url=url, data_dir=data_dir))
    upgrade(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()


@pytest.fixture(scope="session")
def server(workshop: Path) -> str:
    """The run's PostgreSQL server, started by the first test that asks."""
    return postgres.start(workshop)


@pytest.fixture(scope="session")
def database(
    request: pytest.FixtureRequest, workshop: Path, worker_folder: Path, worker_name: str
) -> Iterator[Database]:
    """This worker's database: SQLite, or PostgreSQL with `--database postgresql`."""
    if request.config.getoption("--database") == "sqlite":
        yield SqliteDatabase(_sqlite_template(workshop), worker_folder / "challenge.db")
        return
    server: str = request.getfixturevalue("server")
    with alone(workshop, "template"):
        if not postgres.exists(server, TEMPLATE):
            migrate(postgres.create(server, "challenge_migrating"), workshop / "data")
            postgres.rename(server, "challenge_migrating", TEMPLATE)
    database = PostgresqlDatabase(server, f"challenge_{worker_name}")
    yield database
    database.connection.close()


def _sqlite_template(workshop: Path) -> Path:
    template = workshop / "template.db"
    with alone(workshop, "template"):
        if not template.exists():
            migrating = workshop / "migrating.db"
            migrate(f"sqlite:///{migrating}", workshop / "data")
            migrating.rename(template)
    return template


@pytest.fixture
def spare_database(database: Database) -> Iterator[Callable[[], str]]:
    """A function that makes one more migrated, empty database, for servers of their own."""
    made: list[str] = []

    def make() -> str:
        _SPARES.append("")
        made.append(database.spare(f"spare{len(_SPARES)}"))
        return made[-1]

    yield make
    for url in made:
        _discard(url)


@pytest.fixture
def empty_database(
    request: pytest.FixtureRequest, worker_folder: Path, worker_name: str
) -> Iterator[Callable[[], str]]:
    """A function that makes a database without any table, for the tests of the migrations themselves."""
    made: list[str] = []

    def make() -> str:
        _SPARES.append("")
        name = f"{worker_name}_empty{len(_SPARES)}"
        if request.config.getoption("--database") == "sqlite":
            made.append(f"sqlite:///{worker_folder / name}.db")
        else:
            made.append(postgres.create(request.getfixturevalue("server"), f"challenge_{name}"))
        return made[-1]

    yield make
    for url in made:
        _discard(url)


_SPARES: list[str] = []


def _discard(url: str) -> None:
    if url.startswith("sqlite:///"):
        for file in Path(url.removeprefix("sqlite:///")).parent.glob(f"{Path(url).name}*"):
            file.unlink()
    else:
        postgres.drop(url)
