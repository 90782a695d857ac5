"""`flask sealing`: keys are listed, saved apart, put back; a round whose key was away is opened by hand."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit import seals
from challenge.base import clock
from challenge.flow import closing
from challenge.submissions.models import Submission, Version
from tests.rigs.application import Terminal
from tests.submissions.sealed import SECRETS, entered, sealed_round
from tests.submissions.stories import close


def folder_of(app: Flask) -> Path:
    """Where the sealing keys lie."""
    return Path(app.config["SETTINGS"].data_dir) / "keys" / seals.FOLDER


def test_a_saved_key_opens_a_round_whose_key_was_lost(
    app: Flask, db: Session, command: Terminal, tmp_path: Path
) -> None:
    version = entered(db, sealed_round(db, slug="autumn"))
    version_id, submission = version.id, db.get_one(Submission, version.submission_id)
    saved = tmp_path / "sealing.json"
    done = command.invoke(args=["sealing", "export", str(saved)])
    assert done.exit_code == 0, done.output
    assert saved.stat().st_mode & 0o777 == 0o600
    assert command.invoke(args=["sealing", "export", str(saved)]).exit_code == 1
    assert "autumn: needs" in command.invoke(args=["sealing", "keys"]).output
    assert "has not closed yet" in command.invoke(args=["sealing", "release", "autumn"]).output

    name = json.loads(saved.read_text())["name"]
    close(submission, clock.now(db) - dt.timedelta(seconds=1))
    (folder_of(app) / f"{name}.key").unlink()
    app.extensions.pop("challenge.seals")
    db.commit()
    closing.close_due()
    assert "WHICH IS NOT HERE" in command.invoke(args=["sealing", "keys"]).output
    refused = command.invoke(args=["sealing", "release", "autumn"])
    assert refused.exit_code == 1
    assert f"{name} is not here" in refused.output

    assert command.invoke(args=["sealing", "import", str(saved)]).output.strip() == f"{name} is here"
    assert command.invoke(args=["sealing", "release", "autumn"]).output.strip() == "1 opened, 0 broken"
    assert db.get_one(Version, version_id).content["title"] == SECRETS["title"]


def test_what_is_no_key_is_not_put_back(command: Terminal, tmp_path: Path) -> None:
    short = '{"kind": "challenge-sealing-key/1", "name": "x", "key": "AA=="}'
    for place, text in enumerate(("{}", "nothing", short)):
        file = tmp_path / f"{place}.json"
        file.write_text(text)
        refused = command.invoke(args=["sealing", "import", str(file)])
        assert refused.exit_code == 1
        assert "holds no sealing key" in refused.output
    assert "there is no round" in command.invoke(args=["sealing", "release", "nowhere"]).output


def test_a_backup_holds_no_sealing_key_and_says_so(
    app: Flask, db: Session, command: Terminal, tmp_path: Path
) -> None:
    entered(db, sealed_round(db))
    (key,) = folder_of(app).glob("*.key")
    made = command.invoke(args=["backup", "create", str(tmp_path / "backup.zip")])
    assert made.exit_code == 0, made.output
    assert "flask sealing export" in made.output
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        assert not [name for name in archive.namelist() if seals.FOLDER in name]
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert key.read_bytes().strip() not in whole
    assert SECRETS["title"].encode() not in whole
