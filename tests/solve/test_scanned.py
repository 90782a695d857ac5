"""Where a virus scanner is set, it is asked about every file before it is kept, by either way in."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.files import scanning
from challenge.files.models import Attachment, Blob
from challenge.files.receiving import Kept, Limits, envelope, receive
from challenge.files.storage import Storage, storage
from challenge.rules.errors import Away, Invalid
from challenge.submissions.models import Submission
from tests.factories import RequirementFactory
from tests.files.forms import body_of
from tests.rigs.application import Visitor
from tests.rigs.scanner import EICAR, Scanner
from tests.solve.test_resuming import TUS, begin, left, offset, patch
from tests.submissions.stories import owner_of, ready

SICK = b"a line of text\n" + EICAR + b"\n"
WELL = b"a line of text\n" * 20_000


@pytest.fixture
def draft(client: Visitor, db: Session, app: Flask, scanner: Scanner) -> Submission:
    """A draft of whoever is signed in, while the scanner is asked."""
    made = ready(requirement=RequirementFactory(round__max_file_mb=2))
    storage().scanner = scanner.address
    client.sign_in(owner_of(made))
    return made


@pytest.fixture(autouse=True)
def nobody_is_asked_afterwards(app: Flask) -> object:
    """The application is the worker's: it goes back as it was."""
    yield
    with app.app_context():
        storage().scanner = None


def kept(db: Session) -> list[str]:
    """What was attached."""
    return list(db.scalars(sa.select(Attachment.name)))


def test_the_scanner_of_the_settings_is_the_one_that_is_asked(
    make_app: Callable[..., Flask], scanner: Scanner
) -> None:
    with make_app(clamd=scanner.address).app_context():
        assert storage().scanner == scanner.address


def test_a_clean_file_is_scanned_and_kept(
    client: Visitor, db: Session, draft: Submission, scanner: Scanner
) -> None:
    place = begin(client, draft, len(WELL), "notes.txt").headers["Location"]
    assert patch(client, place, 0, WELL).status_code == 204
    assert scanner.seen == [len(WELL)]
    assert kept(db) == ["notes.txt"]


def test_an_infected_file_is_refused_by_what_it_holds(
    client: Visitor, db: Session, draft: Submission
) -> None:
    place = begin(client, draft, len(SICK), "notes.txt").headers["Location"]
    answer = patch(client, place, 0, SICK)
    assert (answer.status_code, answer.json["code"]) == (422, "file_infected")
    assert "notes.txt" in answer.json["message"]
    assert "Win.Test.EICAR_HDB-1" in answer.json["message"]
    assert client.head(place, headers=TUS).status_code == 404
    assert (kept(db), left()) == ([], [])
    assert db.scalar(sa.select(sa.func.count(Blob.sha256))) == 0


def test_while_the_scanner_is_away_nothing_is_kept_and_the_upload_waits(
    client: Visitor, db: Session, draft: Submission, scanner: Scanner
) -> None:
    port = int(scanner.server_address[1])
    scanner.go_away()
    place = begin(client, draft, len(WELL), "notes.txt").headers["Location"]
    answer = patch(client, place, 0, WELL)
    assert (answer.status_code, answer.json["code"]) == (503, "scanner_away")
    assert answer.headers["Retry-After"] == "5"
    assert kept(db) == []
    assert offset(client, place) == len(WELL) - 1
    back = Scanner(port)
    assert patch(client, place, len(WELL) - 1, WELL[-1:]).status_code == 204
    assert back.seen == [len(WELL)]
    back.go_away()
    assert kept(db) == ["notes.txt"]


def test_what_is_too_large_for_the_scanner_is_not_kept(
    client: Visitor, db: Session, draft: Submission, scanner: Scanner
) -> None:
    scanner.largest = 1000
    place = begin(client, draft, len(WELL), "notes.txt").headers["Location"]
    answer = patch(client, place, 0, WELL)
    assert (answer.status_code, answer.json["code"]) == (422, "file_not_scanned")
    assert kept(db) == []


@pytest.mark.parametrize("said", [b"INSTREAM: Access denied. ERROR\0", b"nonsense\0", b"\0"])
def test_an_answer_that_nobody_understands_keeps_nothing(
    client: Visitor, db: Session, draft: Submission, scanner: Scanner, said: bytes
) -> None:
    scanner.answer = said
    place = begin(client, draft, len(WELL), "notes.txt").headers["Location"]
    assert patch(client, place, 0, WELL).status_code == 503
    assert kept(db) == []


def test_a_socket_that_is_not_there_is_a_scanner_that_is_away(tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_bytes(WELL)
    with pytest.raises(Away):
        scanning.check("/nowhere/clamd.sock", file, "file.txt")
    scanning.check(None, file, "file.txt")


def test_files_that_come_with_a_form_are_scanned_too(tmp_path: Path, scanner: Scanner) -> None:
    def arrive(data: bytes) -> list[Kept]:
        body = body_of(("files", "notes.txt", data))
        about = envelope("multipart/form-data; boundary=line", len(body))
        limits = Limits(files=3, file_bytes=1_000_000, total_files=3)
        with receive(Storage(tmp_path, None, scanner.address), io.BytesIO(body), about, limits, _all) as got:
            return got.keep()

    assert [each.name for each in arrive(WELL)] == ["notes.txt"]
    with pytest.raises(Invalid) as refusal:
        arrive(SICK)
    assert refusal.value.code == "file_infected"
    scanner.go_away()
    with pytest.raises(Away):
        arrive(WELL)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def _all(_fields: object) -> None:
    """Whatever the form says."""
