"""A backup of a whole installation: the database as of one instant, then its files, then its keys.

The database comes first. Files are named by their content, never change and are on the disk before a row
names them, so the files that are copied afterwards hold at least all that the rows name. Rows are written
as JSON lines whichever database they come from, so an archive can be restored into the other one too.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.chain import instant_text
from challenge.audit.models import AuditHead
from challenge.audit.seals import FOLDER as SEALING
from challenge.base import clock
from challenge.base.db import Base
from challenge.exchange import columns
from challenge.exchange.archives import (
    CHUNK,
    FilePart,
    Manifest,
    TablePart,
    Unfit,
    Writing,
    file_member,
    secret_member,
    table_member,
)
from challenge.files.models import Blob
from challenge.files.storage import Storage
from challenge.rules.errors import NotFound
from challenge.search.models import OWN_TABLES
from config import Settings

BATCH = 1000
KEYS = "keys"
KEPT_SECRETS = ("secret_key.txt", "password_salt.txt")
_NUMBERS = sa.text(
    "SELECT last_value FROM pg_sequences WHERE format('%I.%I', schemaname, sequencename) = :name"
)
_OWNED = sa.text("SELECT pg_get_serial_sequence(:table, :column)")


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What was written of the database, as of one instant."""

    made_at: dt.datetime
    revision: str
    tables: list[TablePart]
    blobs: list[tuple[str, int]]
    heads: dict[str, tuple[int, str]]


def create(target: Path, engine: sa.Engine, storage: Storage, settings: Settings, head: str) -> Manifest:
    """Write the archive `target`, which appears only when it is whole; its manifest.

    `head` is the migration that this code was written for: a database at another one raises `Unfit`. Files
    that the storage cannot give are listed as lost, so that one missing file does not cost the whole backup.
    """
    if target.exists():
        raise Unfit(f"{target} is there already. A backup never replaces another one; name a new file.")
    with storage.in_use(), Writing(target) as archive:  # no file is swept between its row and its copy
        with _held_still(engine, target.parent) as connection:
            snapshot = _database(archive, connection, head)
        files = [_file(archive, storage, sha256, size) for sha256, size in snapshot.blobs]
        manifest = Manifest(
            made_at=instant_text(snapshot.made_at),
            database=engine.dialect.name,
            revision=snapshot.revision,
            tables=snapshot.tables,
            files=files,
            heads=snapshot.heads,
            secrets=_secrets(archive, settings.data_dir),
            marks=marks(settings),
        )
        archive.finish(manifest)
    return manifest


def marks(settings: Settings) -> dict[str, str]:
    """Marks by which the two secrets of the settings are recognised, and from which nobody gets them back."""
    named = {"SECRET_KEY": settings.secret_key, "PASSWORD_SALT": settings.password_salt}
    return {
        name: hmac.new(secret.encode(), b"challenge backup", hashlib.sha256).hexdigest()[:16]
        for name, secret in named.items()
    }


@contextmanager
def _held_still(engine: sa.Engine, room: Path) -> Iterator[sa.Connection]:
    """A connection to which the database looks as it was at one instant, while others go on writing."""
    if engine.dialect.name == "sqlite":
        with tempfile.TemporaryDirectory(dir=room, prefix=".backup-") as folder:
            copy = sa.create_engine(f"sqlite:///{_copied(engine, Path(folder))}")
            with copy.connect() as connection:
                yield connection
            copy.dispose()
        return
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _copied(engine: sa.Engine, folder: Path) -> Path:
    """SQLite's own online copy: it sees one state of the file, whoever writes meanwhile."""
    import sqlite3

    copy = folder / "copy.db"
    source = engine.raw_connection()
    target = sqlite3.connect(copy)
    try:
        source.driver_connection.backup(target)  # type: ignore[union-attr]
        found = target.execute("PRAGMA quick_check(1)").fetchone()[0]
    finally:
        target.close()
        source.close()
    if found != "ok":
        raise Unfit(f"The database file is damaged, SQLite says: {found}. Take the newest good backup.")
    return copy


def _database(archive: Writing, connection: sa.Connection, head: str) -> _Snapshot:
    revision = _revision(connection)
    if revision != head:
        raise Unfit(
            f"The database is at migration {revision or 'none'}, this code belongs to {head}. "
            "Back up with the code that the database runs under, or run `flask db upgrade` first."
        )
    known = {table.name for table in Base.metadata.sorted_tables}
    there = set(sa.inspect(connection).get_table_names())
    strange = known ^ (there - OWN_TABLES - {"alembic_version"})
    if strange:
        raise Unfit(f"The database and the code disagree about tables: {', '.join(sorted(strange))}.")
    with Session(connection) as session:
        tables = [_table(archive, connection, table) for table in Base.metadata.sorted_tables]
        heads = session.execute(sa.select(AuditHead.chain, AuditHead.seq, AuditHead.hash))
        return _Snapshot(
            made_at=clock.now(session),
            revision=revision,
            tables=tables,
            blobs=[(row.sha256, row.size) for row in session.execute(_blobs())],
            heads={row.chain: (row.seq, row.hash) for row in heads},
        )


def _blobs() -> sa.Select[str, int]:
    return sa.select(Blob.sha256, Blob.size).order_by(Blob.sha256)


def _revision(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version ORDER BY 1")).scalars()
    return " ".join(found)


def _table(archive: Writing, connection: sa.Connection, table: sa.Table) -> TablePart:
    rows = 0

    def lines() -> Iterator[bytes]:
        nonlocal rows
        found = connection.execute(_in_order(table, connection), execution_options={"yield_per": BATCH})
        for batch in found.mappings().partitions():
            rows += len(batch)
            yield b"".join(_line(row) for row in batch)

    digest, _size = archive.add(table_member(table.name), lines())
    return TablePart(
        name=table.name,
        columns={column.name: columns.kind_of(column) for column in table.columns},
        key=[column.name for column in table.primary_key],
        own_references=[key.parent.name for key in table.foreign_keys if key.column.table is table],
        rows=rows,
        sha256=digest,
        last_number=_last_number(connection, table),
    )


def _in_order(table: sa.Table, connection: sa.Connection) -> sa.Select[Any]:
    """All rows by their key, text by its bytes: the same rows give the same lines on both databases."""
    order = [
        sa.collate(column, "C" if connection.dialect.name == "postgresql" else "BINARY")
        if isinstance(column.type, sa.String)
        else column
        for column in table.primary_key
    ]
    return sa.select(*map(columns.stored, table.columns)).order_by(*order)


def _line(row: sa.RowMapping) -> bytes:
    values = {name: columns.spelled(value) for name, value in row.items()}
    return (
        json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
    )


def _last_number(connection: sa.Connection, table: sa.Table) -> int | None:
    """The last number that PostgreSQL gave away for this table, so that none is given twice."""
    number = table.autoincrement_column
    if number is None or connection.dialect.name != "postgresql":
        return None
    name = connection.execute(_OWNED, {"table": f'"{table.name}"', "column": number.name}).scalar()
    if name is None:
        return None
    last: int | None = connection.execute(_NUMBERS, {"name": name}).scalar()
    return last


def _file(archive: Writing, storage: Storage, sha256: str, size: int) -> FilePart:
    try:
        chunks = storage.read(sha256, 0, size)
    except NotFound:
        return FilePart(sha256, size, None)
    return FilePart(sha256, size, archive.add(file_member(sha256), chunks, packed=False)[0])


def _secrets(archive: Writing, data_dir: Path) -> dict[str, str]:
    """The signing keys, and the two secrets where the installation keeps them in its folder.

    The sealing keys stay out: whoever finds a backup must not read what is sealed in it.
    """
    kept = [data_dir / name for name in KEPT_SECRETS]
    found_keys = sorted((data_dir / KEYS).rglob("*"))
    keys = (each for each in found_keys if not each.name.startswith(".") and each.parent.name != SEALING)
    found = [path for path in (*kept, *keys) if path.is_file()]
    return {
        name: archive.add(secret_member(name), _chunks(path))[0]
        for path in found
        if (name := str(path.relative_to(data_dir)))
    }


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
