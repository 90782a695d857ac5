"""A backup of 10,000 submissions with their files while people write, verified, restored elsewhere, compared.

The three commands of the product run as an operator runs them. What was restored is backed up again: the two
archives must hold the same tables, the same files and the same ends of the audit chains, digest for digest.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from bench.crowds import DAY, app_of, database_now, due_rounds
from bench.rows import Row
from challenge.accounts.models import Organization
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.base.ids import new_ref
from challenge.files.models import Attachment, Blob
from challenge.files.storage import storage
from challenge.rules.permissions import Actor
from challenge.submissions.models import Submission

ROOT = Path(__file__).resolve().parent.parent
SUBMISSIONS, FILE_BYTES, SECONDS, WRITERS = 10_000, 20_000, 300, 2


def storm(name: str, url: str, data: Path, seed: int) -> list[Row]:
    """The rows of this storm; `url` names a migrated empty database."""
    job = f"{name}: backup of {SUBMISSIONS:,} submissions under writes, then restore"
    first, again = data / "first.zip", data / "again.zip"
    other = data / "elsewhere"
    other.mkdir()
    with app_of(url, data):
        _fill(seed)
        with _Writing() as writing:
            made = _run(url, data, "create", first)
        written = writing.count
    checked = _run(url, data, "verify", first)
    elsewhere = _empty(url, other)
    restored = _run(elsewhere, other, "restore", first)
    _run(elsewhere, other, "create", again)
    held, holds = _manifest(first), _manifest(again)
    return [
        Row(f"{job}: submissions in it", _rows(held, "submission"), "submissions", SUBMISSIONS, "eq"),
        Row(f"{job}: writes meanwhile", written, "writes", 1, "ge"),
        Row(f"{job}: tables that differ", _differ(_tables(held), _tables(holds)), "tables", 0, "eq"),
        Row(f"{job}: files that differ", _differ(_files(held), _files(holds)), "files", 0, "eq"),
        Row(f"{job}: audit heads that differ", _differ(held["heads"], holds["heads"]), "heads", 0, "eq"),
        Row(f"{job}: seconds", round(made + checked + restored, 1), "s", SECONDS),
    ]


class _Writing:
    """People who write meanwhile: a file, its row and an entry of the audit trail in each transaction."""

    def __init__(self) -> None:
        from flask import current_app

        self.count = 0
        self._app = current_app._get_current_object()  # type: ignore[attr-defined]
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(each,)) for each in range(WRITERS)]

    def __enter__(self) -> _Writing:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _write(self, number: int) -> None:
        count = 0
        with self._app.app_context():
            while not self._ending.wait(0.01):
                count += 1
                with fresh_session() as session:
                    digest = _store(session, f"{number} {count}".encode())
                    session.add(Organization(name=digest, kind="company", profile=""))
                    chain.record(session, Actor(), "file.stored", f"file:{digest}")
                self.count += 1


def _fill(seed: int) -> None:
    (round_id,) = due_rounds(1, database_now() + DAY)
    keep = storage()
    with fresh_session() as session:
        now = clock.now(session)
        texts = [f"{seed} {number} ".encode() * 2_000 for number in range(SUBMISSIONS)]
        digests = [keep.put(text[:FILE_BYTES]) for text in texts]
        blob = {"size": FILE_BYTES, "media_type": "text/plain", "created_at": now}
        session.execute(sa.insert(Blob), [{"sha256": digest, **blob} for digest in digests])
        ids = session.scalars(
            sa.insert(Submission).returning(Submission.id),
            [
                {
                    "round_id": round_id,
                    "code": f"S-{number:05d}",
                    "state": "submitted",
                    "title": f"方案 {number}",
                    "team_name": f"Team {number}",
                }
                for number in range(SUBMISSIONS)
            ],
        ).all()
        attached = [
            {
                "ref": new_ref(),
                "owner_kind": "submission",
                "owner_id": owner,
                "sha256": digest,
                "name": f"{owner}.txt",
            }
            for owner, digest in zip(ids, digests, strict=True)
        ]
        session.execute(sa.insert(Attachment), attached)
        for owner in ids:
            chain.record(session, Actor(), "submission.submitted", f"submission:{owner}")


def _store(session: Session, text: bytes) -> str:
    digest = storage().put(text)
    session.add(Blob(sha256=digest, size=len(text), media_type="text/plain"))
    return digest


def _run(url: str, data: Path, command: str, archive: Path) -> float:
    """How long a command of the product took, which must end well."""
    env = {**os.environ, "DATABASE_URL": url, "CHALLENGE_DATA": str(data), "CHALLENGE_MODE": "dev"}
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "backup", command, str(archive)]
    started = time.monotonic()
    done = subprocess.run(words, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"backup {command} failed:\n{done.stdout}\n{done.stderr}")
    return time.monotonic() - started


def _empty(url: str, folder: Path) -> str:
    """Another database of the same kind, without a table."""
    if url.startswith("sqlite"):
        return f"sqlite:///{folder / 'restored.db'}"
    name = f"restored_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _manifest(archive: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(zipfile.ZipFile(archive).read("manifest.json"))
    return found


def _tables(manifest: dict[str, Any]) -> dict[str, str]:
    return {table["name"]: table["sha256"] for table in manifest["tables"]}


def _rows(manifest: dict[str, Any], name: str) -> int:
    return sum(int(table["rows"]) for table in manifest["tables"] if table["name"] == name)


def _files(manifest: dict[str, Any]) -> dict[str, str]:
    return {file["sha256"]: file["found"] for file in manifest["files"]}


def _differ(first: dict[str, Any], second: dict[str, Any]) -> int:
    return sum(first.get(name) != second.get(name) for name in first.keys() | second.keys())
