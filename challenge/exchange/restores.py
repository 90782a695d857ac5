"""A backup read again: verified by itself, or put into an empty installation, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.audit.models import AuditEntry, AuditHead
from challenge.base.db import Base
from challenge.exchange import columns
from challenge.exchange.archives import (
    OWNER_ONLY,
    Manifest,
    Reading,
    TablePart,
    Unfit,
    file_member,
    secret_member,
    table_member,
)
from challenge.exchange.backups import BATCH, KEYS
from challenge.exchange.rows import batches
from challenge.files.storage import Storage
from challenge.search.models import OWN_TABLES, WORDS_TABLE
from config import Settings

Migrate = Callable[[str], None]
_SET_NUMBER = sa.text("SELECT setval(pg_get_serial_sequence(:table, :column), :number)")


@dataclass(frozen=True, slots=True)
class Found:
    """What an archive held: its manifest, how many audit entries were walked, where a chain does not hold."""

    manifest: Manifest
    entries: int
    faults: list[chain.Fault] = field(default_factory=list)


def verify(path: Path) -> Found:
    """Read every byte of an archive and walk its audit chains; raises `Unfit` where it is not whole."""
    with Reading(path) as archive:
        _read_through(archive)
        return _walk_chains(archive)


def restore(path: Path, engine: sa.Engine, storage: Storage, settings: Settings, migrate: Migrate) -> Found:
    """Put an archive into an empty database and an empty data folder; raises `Unfit`, and leaves both empty.

    `migrate` brings the database to a revision: the archive's before its rows are loaded, "heads" after.
    The audit chains are walked in the restored database. A fault in them was in the installation that was
    backed up: it is told, and the rows stay.
    """
    with Reading(path) as archive:
        _refuse_a_full_house(engine, storage, settings.data_dir)
        _read_through(archive)
        kept: list[str] = []
        try:
            for each in archive.manifest.kept:
                _keep(storage, archive, each.sha256)
                kept.append(each.sha256)
            migrate(archive.manifest.revision)
            _load(engine, archive)
            migrate("heads")
            found = _confirm(engine, archive.manifest)
            _write_secrets(archive, settings.data_dir)
        except BaseException:
            _clear(engine)
            for sha256 in kept:
                storage.remove(sha256)
            raise
    return found


def _refuse_a_full_house(engine: sa.Engine, storage: Storage, data_dir: Path) -> None:
    tables = sa.inspect(engine).get_table_names()
    if tables:
        raise Unfit(
            f"The database has {len(tables)} tables already. A restore wants a new, empty database: "
            "make one and name it in DATABASE_URL (for SQLite, a file that does not exist yet)."
        )
    if not storage.is_empty():
        raise Unfit(
            "There are stored files already. A restore wants an empty place for them: name a new folder in "
            "CHALLENGE_DATA, or a new bucket in FILES_URL."
        )
    if any((data_dir / KEYS).glob("*")):
        raise Unfit(
            f"There are signing keys in {data_dir / KEYS} already, and receipts that they signed would no "
            "longer verify. Name a new folder in CHALLENGE_DATA."
        )


def _read_through(archive: Reading) -> None:
    """Every byte once, before anything is written anywhere."""
    for name in archive.manifest.members():
        for _chunk in archive.chunks(name):
            pass


def _keep(storage: Storage, archive: Reading, sha256: str) -> None:
    with storage.stage() as staged:
        for chunk in archive.chunks(file_member(sha256)):
            staged.write(chunk)
        storage.keep(staged)


def _rows(archive: Reading, part: TablePart) -> Iterator[dict[str, Any]]:
    """The rows of a table as its columns take them; raises `Unfit` where they are not as announced."""
    count = 0
    for row in archive.lines(table_member(part.name)):
        count += 1
        if not isinstance(row, dict) or row.keys() != part.columns.keys():
            raise Unfit(f"{archive.path.name}: row {count} of {part.name} has other columns than announced.")
        try:
            yield {name: columns.read(kind, row[name]) for name, kind in part.columns.items()}
        except (ValueError, TypeError, ArithmeticError) as error:
            raise Unfit(
                f"{archive.path.name}: row {count} of {part.name} has a value that is none."
            ) from error
    if count != part.rows:
        raise Unfit(f"{archive.path.name}: {part.name} has {count} rows, {part.rows} were announced.")


def _load(engine: sa.Engine, archive: Reading) -> None:
    """All rows in one transaction, in the order of the manifest: a table comes after those it refers to."""
    with engine.begin() as connection:
        there = set(sa.inspect(connection).get_table_names()) - OWN_TABLES - {"alembic_version"}
        missing = there ^ {part.name for part in archive.manifest.tables}
        if missing:
            raise Unfit(
                f"{archive.path.name} and its migration disagree about tables: {', '.join(sorted(missing))}."
            )
        for part in archive.manifest.tables:
            _fill(connection, archive, part)


def _fill(connection: sa.Connection, archive: Reading, part: TablePart) -> None:
    table = sa.table(
        part.name, *(sa.column(name, columns.type_of(kind)) for name, kind in part.columns.items())
    )
    later: list[dict[str, Any]] = []
    for batch in batches(_rows(archive, part), BATCH):
        for row in batch:
            # A row may refer to one of its own table that comes after it: such references are set at the end.
            if any(row[name] is not None for name in part.own_references):
                later.append({f"new_{name}": row[name] for name in (*part.key, *part.own_references)})
                row.update(dict.fromkeys(part.own_references))
        try:
            connection.execute(table.insert(), batch)
        except DBAPIError as error:
            raise Unfit(f"{archive.path.name}: {part.name} cannot be loaded: {error.orig}") from error
    if later:
        mine = [table.c[name] == sa.bindparam(f"new_{name}") for name in part.key]
        values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in part.own_references}
        connection.execute(table.update().where(*mine).values(values), later)
    _go_on_counting(connection, part, table)


def _go_on_counting(connection: sa.Connection, part: TablePart, table: sa.TableClause) -> None:
    """PostgreSQL counts apart from the rows: no number that was ever given away is given again."""
    if connection.dialect.name != "postgresql" or len(part.key) != 1:
        return
    (name,) = part.key
    if part.columns[name] != "integer":
        return
    highest: int | None = connection.execute(sa.select(sa.func.max(table.c[name]))).scalar()
    number = max(highest or 0, part.last_number or 0)
    if number:
        connection.execute(_SET_NUMBER, {"table": f'"{part.name}"', "column": name, "number": number})


def _confirm(engine: sa.Engine, manifest: Manifest) -> Found:
    with Session(engine) as session:
        entries, faults = chain.verify(session)
        heads = {row.chain: (row.seq, row.hash) for row in session.scalars(sa.select(AuditHead))}
    if heads != manifest.heads:
        raise Unfit("The audit chains of the restored database do not end where the archive says.")
    return Found(manifest, entries, faults)


def _walk_chains(archive: Reading) -> Found:
    """The audit chains of an archive, in a database that lives in memory only."""
    manifest = archive.manifest
    wanted = [
        part for part in manifest.tables if part.name in (AuditEntry.__tablename__, AuditHead.__tablename__)
    ]
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine, [Base.metadata.tables[part.name] for part in wanted])
    with engine.begin() as connection:
        for part in wanted:
            _fill(connection, archive, part)
    return _confirm(engine, manifest)


def _write_secrets(archive: Reading, data_dir: Path) -> None:
    """All of them under other names first, so that a full disk is met before any has its own."""
    paths = {name: data_dir / name for name in archive.manifest.secrets}
    parts = {path: path.with_name(f".{path.name}.part") for path in paths.values()}
    (data_dir / KEYS).mkdir(mode=0o700, exist_ok=True)
    try:
        for name, path in paths.items():
            path.parent.mkdir(exist_ok=True)
            descriptor = os.open(parts[path], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
            with os.fdopen(descriptor, "wb") as file:
                for chunk in archive.chunks(secret_member(name)):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        for path, part in parts.items():
            part.replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _clear(engine: sa.Engine) -> None:
    """The database was empty before, and is again."""
    engine.dispose()
    if sa.inspect(engine).has_table(WORDS_TABLE):  # takes the tables along that it keeps for itself
        with engine.begin() as connection:
            connection.execute(sa.text(f"DROP TABLE {WORDS_TABLE}"))
    there = sa.MetaData()
    there.reflect(engine)
    there.drop_all(engine)
