"""A backup as an operator makes, checks and restores it: the restored installation equals the first."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.audit import chain
from challenge.audit.keys import keyring
from challenge.audit.models import AuditEntry
from challenge.base.db import fresh_session
from challenge.files.models import Blob
from challenge.files.storage import key_of, storage
from challenge.rules.permissions import Actor
from challenge.search.models import OWN_TABLES
from tests.exchange.installations import Elsewhere, files, heads, manifest, run, store, tables
from tests.factories import OrganizationFactory
from tests.rigs.application import Terminal
from tests.rigs.database import Database

OWN = OWN_TABLES | {"alembic_version"}  # what the database keeps for itself


def test_a_restored_installation_equals_the_one_that_was_backed_up(
    filled: Flask, archive: Path, elsewhere: Elsewhere
) -> None:
    restored = elsewhere()
    result = run(restored, "restore", archive)
    assert result.exit_code == 0, result.stderr
    assert tables(restored) == tables(filled)
    assert files(restored) == files(filled)
    assert heads(restored) == heads(filled)
    rows = sum(len(rows) for name, rows in tables(filled).items() if name not in OWN)
    assert f"{rows} rows" in result.stdout
    assert "3 files, 700005 bytes; 2 secrets" in result.stdout


def test_a_restored_database_goes_on_counting(archive: Path, elsewhere: Elsewhere) -> None:
    restored = elsewhere()
    run(restored, "restore", archive)
    with restored.app_context(), fresh_session() as session:
        last = session.scalar(sa.select(sa.func.max(Organization.id)))
        new = Organization(name="new", kind="company", profile="")
        session.add(new)
        session.flush()
        assert last is not None
        assert new.id > last
        chain.record(session, Actor(), "thing.happened", "thing:9")


@pytest.mark.postgres
def test_a_number_given_away_before_the_backup_is_not_given_again(
    filled: Flask, db: Session, command: Terminal, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    gone = OrganizationFactory()
    number = gone.id
    db.delete(gone)
    db.commit()
    file = tmp_path / "backup.zip"
    assert command.invoke(args=["backup", "create", str(file)]).exit_code == 0
    restored = elsewhere()
    run(restored, "restore", file)
    with restored.app_context(), fresh_session() as session:
        new = Organization(name="new", kind="company", profile="")
        session.add(new)
        session.flush()
        assert new.id > number


@pytest.mark.postgres
def test_a_backup_moves_between_the_databases_and_back(
    filled: Flask, archive: Path, database: Database, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    light = elsewhere(f"sqlite:///{tmp_path / 'light.db'}")
    assert run(light, "restore", archive).exit_code == 0
    second = tmp_path / "second.zip"
    assert run(light, "create", second).exit_code == 0
    heavy = elsewhere()
    assert run(heavy, "restore", second).exit_code == 0
    assert tables(heavy) == tables(filled)
    first, again = (manifest(path)["tables"] for path in (archive, second))
    assert [each["sha256"] for each in first] == [each["sha256"] for each in again]


def test_a_backup_may_be_made_while_people_write(
    filled: Flask, db: Session, command: Terminal, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    db.commit()
    ending = threading.Event()

    def write(name: str) -> None:
        number = 0
        with filled.app_context():
            while not ending.is_set():
                number += 1
                with fresh_session() as session:
                    digest = store(session, f"{name} {number}".encode())
                    session.add(Organization(name=digest, kind="company", profile=""))
                    chain.record(session, Actor(), "file.stored", f"file:{digest}")

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    try:
        results = [command.invoke(args=["backup", "create", str(tmp_path / f"{n}.zip")]) for n in range(3)]
    finally:
        ending.set()
        for thread in threads:
            thread.join()
    assert [result.exit_code for result in results] == [0, 0, 0], results[0].stderr
    restored = elsewhere()
    assert run(restored, "restore", tmp_path / "2.zip").exit_code == 0
    heads(restored)
    with restored.app_context(), fresh_session() as session:
        told = set(session.scalars(sa.select(AuditEntry.subject).where(AuditEntry.action == "file.stored")))
        named = sa.select(Organization.name).where(sa.func.length(Organization.name) == 64)
        assert {f"file:{digest}" for digest in session.scalars(named)} == told
        for blob in session.scalars(sa.select(Blob)):
            assert len(b"".join(storage().read(blob.sha256, 0, blob.size))) == blob.size
    assert len(told) > 1


def test_a_backup_is_its_owners_alone_and_so_is_the_restored_key(archive: Path, elsewhere: Elsewhere) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    restored = elsewhere()
    run(restored, "restore", archive)
    keys = restored.config["SETTINGS"].data_dir / "keys"
    assert stat.S_IMODE((keys / "signing.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700


def test_a_receipt_signed_before_the_backup_verifies_after_the_restore(
    filled: Flask, archive: Path, elsewhere: Elsewhere
) -> None:
    receipt = keyring().sign(b"a receipt")
    restored = elsewhere()
    run(restored, "restore", archive)
    with restored.app_context():
        assert keyring().verifies(b"a receipt", receipt)
        assert keyring().current() == receipt.key


def test_a_backup_verifies_by_itself(archive: Path, filled: Flask, command: Terminal) -> None:
    result = command.invoke(args=["backup", "verify", str(archive)])
    assert result.exit_code == 0, result.stderr
    count = len(tables(filled)["audit_entry"])
    assert f"{count} audit entries in {len(heads(filled))} chains" in result.stdout


def test_a_backup_into_a_folder_is_named_by_its_time(
    filled: Flask, command: Terminal, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    result = command.invoke(args=["backup", "create", str(folder)])
    (file,) = folder.iterdir()
    assert result.stdout.splitlines()[0] == str(file)
    assert file.name.startswith("challenge-2")


def test_a_lost_file_is_told_and_costs_no_backup(
    filled: Flask, db: Session, command: Terminal, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    folder = filled.config["SETTINGS"].data_dir / "files"
    gone, altered, cut = (store(db, text) for text in (b"gone", b"altered", b"a longer text"))
    db.commit()
    (folder / key_of(gone)).unlink()
    (folder / key_of(altered)).write_bytes(b"ALTERED")
    (folder / key_of(cut)).write_bytes(b"a long")
    file = tmp_path / "backup.zip"
    result = command.invoke(args=["backup", "create", str(file)])
    assert result.exit_code == 1
    assert f"file {gone}: missing in the storage" in result.stderr
    assert f"file {altered}: altered in the storage" in result.stderr
    assert f"file {cut}: altered in the storage" in result.stderr
    restored = elsewhere()
    result = run(restored, "restore", file)
    assert (result.exit_code, tables(restored)) == (1, tables(filled))
    assert "3 files are not in the backup" in result.stderr
    assert len(files(restored)) == len(files(filled)) - 2  # neither the altered nor the cut one


def test_a_fault_in_the_audit_trail_is_told_and_costs_no_restore(
    filled: Flask, db: Session, command: Terminal, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    db.execute(sa.update(AuditEntry).where(AuditEntry.subject == "thing:1").values(actor="user:1"))
    db.commit()
    file = tmp_path / "backup.zip"
    assert command.invoke(args=["backup", "create", str(file)]).exit_code == 0
    restored = elsewhere()
    for result in (run(restored, "verify", file), run(restored, "restore", file)):
        assert result.exit_code == 1
        assert "audit: round:1 1: altered" in result.stderr
        assert "The audit trail has 1 faults, and had them when the backup was made." in result.stderr
    assert tables(restored) == tables(filled)


def test_every_column_has_a_spelling_and_json_is_never_null() -> None:
    from challenge.base.db import Base
    from challenge.exchange.columns import kind_of

    kinds = {column: kind_of(column) for table in Base.metadata.sorted_tables for column in table.columns}
    assert {"instant", "exact:4", "json", "boolean", "integer", "text"} <= set(kinds.values())
    # SQL knows two nothings in a JSON column, an archive one.
    assert [column for column, kind in kinds.items() if kind == "json" and column.nullable] == []
