"""What the tests of backups look at: rows, files, the ends of the audit chains, the archive itself."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base.db import db as database
from challenge.base.db import fresh_session
from challenge.files.models import Blob
from challenge.files.storage import storage

Elsewhere = Callable[..., Flask]


def run(app: Flask, *args: object) -> Result:
    return app.test_cli_runner().invoke(args=["backup", *map(str, args)])


def tables(app: Flask) -> dict[str, list[str]]:
    """Every row of every table, spelled out."""
    with app.app_context(), database.engine.connect() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            for table in metadata.sorted_tables
        }


def files(app: Flask) -> dict[str, bytes]:
    """Every file of the data folder but SQLite's own."""
    folder: Path = app.config["SETTINGS"].data_dir
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def heads(app: Flask) -> dict[str, tuple[int, str]]:
    with app.app_context(), fresh_session() as session:
        count, faults = chain.verify(session)
        assert (count > 0, faults) == (True, [])
        rows = session.execute(sa.text("SELECT chain, seq, hash FROM audit_head")).all()
        return {name: (seq, digest) for name, seq, digest in rows}


def is_untouched(app: Flask) -> bool:
    return tables(app) == {} and files(app) == {}


def store(session: Session, text: bytes) -> str:
    with storage().stage() as staged:
        staged.write(text)
        digest = storage().keep(staged)
    if session.get(Blob, digest) is None:
        session.add(Blob(sha256=digest, size=len(text), media_type="text/plain"))
        session.flush()
    return digest


def head() -> str:
    from challenge.cli import backup

    return backup._scripts().get_current_head() or ""


def manifest(path: Path) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(path) as file:
        return json.loads(file.read("manifest.json"))


def rewrite(path: Path, change: Callable[[str, bytes], bytes], *names: str) -> None:
    """Write the archive anew with other contents for the manifest and these members."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members.items():
            file.writestr(name, change(name, text) if name in ("manifest.json", *names) else text)
