"""Backups that are refused, with a sentence that says why and nothing left behind."""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base.db import fresh_session
from tests.exchange.installations import Elsewhere, files, head, is_untouched, rewrite, run, tables
from tests.rigs.application import Terminal

of_the_file = pytest.mark.sqlite  # what it finds is in the file, whatever the database


@of_the_file
def test_a_changed_byte_is_found_wherever_it_is(
    archive: Path, elsewhere: Elsewhere, command: Terminal
) -> None:
    whole, dice = archive.read_bytes(), random.Random(7)
    before = command.invoke(args=["backup", "verify", str(archive)]).stdout
    places = [dice.randrange(len(whole)) for _ in range(60)]
    for place in (*places, *range(len(whole) - 60, len(whole))):
        damaged = bytearray(whole)
        damaged[place] ^= 0x41
        archive.write_bytes(damaged)
        result = command.invoke(args=["backup", "verify", str(archive)])
        # A byte that says nothing (a member's time stamp) may differ; then all that is said is still true.
        assert result.exit_code == 1 or result.stdout == before, place
        assert result.exit_code == 0 or "Error: backup.zip " in result.stderr, (place, result.stderr)


@of_the_file
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9, 0.999])
def test_a_cut_backup_is_refused(archive: Path, elsewhere: Elsewhere, share: float) -> None:
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(len(whole) * share)])
    target = elsewhere()
    result = run(target, "restore", archive)
    assert result.exit_code == 1
    assert "backup.zip is no whole backup: it is damaged, cut off, or another kind of file." in result.stderr
    assert is_untouched(target)


@of_the_file
def test_a_damaged_file_inside_is_found_before_anything_is_written(
    archive: Path, elsewhere: Elsewhere
) -> None:
    whole = archive.read_bytes()
    at = whole.index(b"x" * 1000)
    archive.write_bytes(whole[:at] + b"y" + whole[at + 1 :])
    target = elsewhere()
    result = run(target, "restore", archive)
    assert (result.exit_code, is_untouched(target)) == (1, True)


@of_the_file
def test_another_kind_of_file_is_refused(elsewhere: Elsewhere, tmp_path: Path) -> None:
    target = elsewhere()
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear operator")
    assert "another kind of file" in run(target, "restore", letter).stderr
    foreign = tmp_path / "photos.zip"
    with zipfile.ZipFile(foreign, "w") as file:
        file.writestr("photo.txt", "a tree")
    assert (
        "photos.zip is a zip file, but no backup: it has no manifest."
        in run(target, "verify", foreign).stderr
    )
    with zipfile.ZipFile(foreign, "a") as file:
        file.writestr("manifest.json", '{"name": "a web app"}')
    assert "no backup of this application" in run(target, "verify", foreign).stderr
    assert is_untouched(target)


@of_the_file
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "backup.zip has format 2; this version reads 1."),
        ({"revision": "9999999999"}, "is at migration 9999999999, which this code does not know"),
        ({"heads": {}}, "do not end where the archive says"),
        ({"secrets": {"../../profile": "0" * 64}}, "is no whole backup"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    archive: Path, elsewhere: Elsewhere, change: dict[str, object], said: str
) -> None:
    rewrite(archive, lambda _name, text: json.dumps({**json.loads(text), **change}).encode())
    target = elsewhere()
    result = run(target, "restore", archive)
    assert result.exit_code == 1
    assert said in result.stderr
    assert is_untouched(target)


@of_the_file
def test_a_member_that_the_manifest_does_not_name_is_refused(archive: Path, elsewhere: Elsewhere) -> None:
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("../../escape.txt", "out")
    target = elsewhere()
    assert "is no whole backup" in run(target, "restore", archive).stderr
    assert is_untouched(target)


def test_rows_that_the_database_refuses_leave_nothing_behind(
    filled: Flask, archive: Path, elsewhere: Elsewhere
) -> None:
    """Every digest is right, but a row breaks a constraint: found at the last moment, undone to the first."""
    with zipfile.ZipFile(archive) as file:
        rows = file.read("tables/submission.jsonl").replace(b'"state":"draft"', b'"state":"lost"')

    def change(name: str, text: bytes) -> bytes:
        if name == "tables/submission.jsonl":
            return rows
        manifest = json.loads(text)
        for part in manifest["tables"]:
            if part["name"] == "submission":
                part["sha256"] = hashlib.sha256(rows).hexdigest()
        return json.dumps(manifest).encode()

    rewrite(archive, change, "tables/submission.jsonl")
    target = elsewhere()
    result = run(target, "restore", archive)
    assert "backup.zip: submission cannot be loaded" in result.stderr
    assert is_untouched(target)


def test_a_full_house_is_refused_and_stays_as_it_is(
    filled: Flask, archive: Path, command: Terminal, elsewhere: Elsewhere
) -> None:
    before = tables(filled), files(filled)
    result = command.invoke(args=["backup", "restore", str(archive)])
    assert result.exit_code == 1
    assert "tables already. A restore wants a new, empty database" in result.stderr
    assert (tables(filled), files(filled)) == before


@of_the_file
@pytest.mark.parametrize(
    ("name", "said"), [("files/ab/cd/abcd", "stored files already"), ("keys/signing.pem", "signing keys")]
)
def test_a_folder_that_holds_something_is_refused(
    archive: Path, elsewhere: Elsewhere, name: str, said: str
) -> None:
    target = elsewhere()
    other = target.config["SETTINGS"].data_dir / name
    other.parent.mkdir(parents=True)
    other.write_text("of another installation")
    result = run(target, "restore", archive)
    assert said in result.stderr
    assert (tables(target), files(target)) == ({}, {name: b"of another installation"})


@of_the_file
def test_a_backup_never_replaces_another_one(archive: Path, command: Terminal) -> None:
    before = archive.read_bytes()
    result = command.invoke(args=["backup", "create", str(archive)])
    assert "is there already. A backup never replaces another one" in result.stderr
    assert archive.read_bytes() == before


@of_the_file
def test_a_backup_that_does_not_come_to_its_end_leaves_nothing(
    filled: Flask, db: Session, command: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OSError(28, "No space left on device")
    monkeypatch.setattr("challenge.exchange.archives.os.fsync", lambda _fd: (_ for _ in ()).throw(full))
    result = command.invoke(args=["backup", "create", str(tmp_path / "backup.zip")])
    assert "The disk is full. Nothing was left behind." in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_another_migration_is_refused(
    filled: Flask, db: Session, command: Terminal, tmp_path: Path
) -> None:
    db.execute(sa.text("UPDATE alembic_version SET version_num = '1'"))
    db.commit()
    result = command.invoke(args=["backup", "create", str(tmp_path / "backup.zip")])
    with filled.app_context(), fresh_session() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": head()})
    assert "The database is at migration 1, this code belongs to" in result.stderr
    assert list(tmp_path.iterdir()) == []
