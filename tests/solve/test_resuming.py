"""A file of a draft comes in pieces: by whom it may, until when, and what its refusals leave behind."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import db as database
from challenge.files.models import Attachment, Blob, Upload
from challenge.files.storage import storage
from challenge.submissions.models import Submission
from tests.factories import RequirementFactory, UserFactory
from tests.files import specimens
from tests.rigs.application import Visitor
from tests.submissions.stories import close, owner_of, ready, with_file

TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = {**TUS, "Content-Type": "application/offset+octet-stream"}
PDF = specimens.PDF + b"% " + b"x" * 5_000


def about(**values: str) -> str:
    """The header that names a file."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def begin(
    client: Visitor, draft: Submission, size: int = len(PDF), name: str = "报告.pdf", **more: str
) -> Any:
    """Ask for room for a file."""
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": about(filename=name, **more)}
    return client.post(f"/solve/{draft.ref}/uploads", headers=headers)


def patch(client: Visitor, place: str, offset: int, data: bytes, **headers: str) -> Any:
    """Send a piece."""
    return client.patch(place, data=data, headers={**CHUNK, "Upload-Offset": str(offset), **headers})


def offset(client: Visitor, place: str) -> int:
    """How far the server says it is."""
    answer = client.head(place, headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def left() -> list[str]:
    """What lies in the waiting room."""
    return sorted(path.name for path in storage().waiting_room.glob("up-*"))


def attached(session: Session) -> list[tuple[str, str, int]]:
    """Names, fields and sizes of what was attached."""
    query = sa.select(Attachment.name, Attachment.field, Blob.size).join(Blob)
    return [(name, field, size) for name, field, size in session.execute(query)]


@pytest.fixture
def draft(client: Visitor, db: Session) -> Submission:
    """A draft of whoever is signed in."""
    made = ready(requirement=RequirementFactory(round__max_file_mb=2, round__max_files=3))
    client.sign_in(owner_of(made))
    return made


def test_a_file_comes_in_three_pieces_and_is_attached_with_the_last(
    client: Visitor, db: Session, draft: Submission
) -> None:
    answer = begin(client, draft)
    assert answer.status_code == 201
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Upload-Expires"].endswith("GMT")
    place = answer.headers["Location"]
    assert offset(client, place) == 0
    for start, stop in ((0, 100), (100, 2_000), (2_000, len(PDF))):
        assert attached(db) == []
        done = patch(client, place, start, PDF[start:stop])
        assert (done.status_code, done.headers["Upload-Offset"]) == (204, str(stop))
        assert offset(client, place) == stop
    assert attached(db) == [("报告.pdf", "files", len(PDF))]
    digest = hashlib.sha256(PDF).hexdigest()
    assert b"".join(storage().read(digest, 0, len(PDF))) == PDF
    assert left() == []
    shown = client.get(place).json["file"]
    assert client.get(shown["url"]).data == PDF
    assert shown["sha256"] == digest


def test_the_first_bytes_may_come_with_the_creation(client: Visitor, db: Session, draft: Submission) -> None:
    headers = {**CHUNK, "Upload-Length": str(len(PDF)), "Upload-Metadata": about(filename="a.pdf")}
    answer = client.post(f"/solve/{draft.ref}/uploads", headers=headers, data=PDF[:700])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "700")
    assert patch(client, answer.headers["Location"], 700, PDF[700:]).status_code == 204
    assert len(attached(db)) == 1


def test_a_piece_that_goes_elsewhere_is_refused_with_the_right_place(
    client: Visitor, draft: Submission
) -> None:
    place = begin(client, draft).headers["Location"]
    patch(client, place, 0, PDF[:100])
    for wrong in (0, 99, 101):
        answer = patch(client, place, wrong, b"elsewhere")
        assert answer.status_code == 409
        assert "100 bytes of this file are here" in answer.json["message"]
    assert offset(client, place) == 100


def test_the_last_answer_may_be_lost(client: Visitor, db: Session, draft: Submission) -> None:
    place = begin(client, draft).headers["Location"]
    assert patch(client, place, 0, PDF).status_code == 204
    assert offset(client, place) == len(PDF)
    assert patch(client, place, len(PDF), b"").status_code == 204
    assert patch(client, place, 0, PDF).status_code == 409
    assert len(attached(db)) == 1


def test_a_checksum_keeps_a_piece_whole_or_out(client: Visitor, db: Session, draft: Submission) -> None:
    place = begin(client, draft).headers["Location"]
    right = f"sha256 {base64.b64encode(hashlib.sha256(PDF[:500]).digest()).decode()}"
    damaged = b"y" + PDF[1:500]
    refused = patch(client, place, 0, damaged, **{"Upload-Checksum": right})
    assert refused.status_code == 460
    assert offset(client, place) == 0
    assert patch(client, place, 0, PDF[:500], **{"Upload-Checksum": right}).status_code == 204
    assert patch(client, place, 500, b"", **{"Upload-Checksum": "md5 abc"}).status_code == 400
    assert patch(client, place, 500, PDF[500:]).status_code == 204
    assert db.scalars(sa.select(Blob.sha256)).one() == hashlib.sha256(PDF).hexdigest()


def test_an_upload_can_be_ended(client: Visitor, db: Session, draft: Submission) -> None:
    place = begin(client, draft).headers["Location"]
    patch(client, place, 0, PDF[:100])
    assert left() != []
    assert client.delete(place, headers=TUS).status_code == 204
    assert left() == []
    assert client.head(place, headers=TUS).status_code == 404
    assert patch(client, place, 100, PDF[100:]).status_code == 404
    assert db.scalar(sa.select(sa.func.count(Upload.id))) == 0


def test_a_line_that_lets_only_posts_through(client: Visitor, db: Session, draft: Submission) -> None:
    place = begin(client, draft).headers["Location"]
    headers = {**CHUNK, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert client.post(place, data=PDF, headers=headers).status_code == 204
    assert len(attached(db)) == 1
    assert client.post(place, data=PDF, headers=CHUNK).status_code == 405


def test_it_says_what_it_speaks(client: Visitor, draft: Submission) -> None:
    client.sign_out()
    place = f"/solve/{draft.ref}/uploads"
    answer = client.options(place)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"].split(",") == [
        "creation",
        "creation-with-upload",
        "termination",
        "expiration",
        "checksum",
    ]
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"
    assert int(answer.headers["Tus-Max-Size"]) == 2 * 1024**3


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "10"}, 412),
        ({"Tus-Resumable": "0.2.2", "Upload-Length": "10"}, 412),
        (TUS, 400),
        ({**TUS, "Upload-Length": "-1"}, 400),
        ({**TUS, "Upload-Length": "ten"}, 400),
        ({**TUS, "Upload-Length": "1" * 30}, 400),
        ({**TUS, "Upload-Defer-Length": "1"}, 400),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": "filename !!!"}, 400),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": about(filename="a.pdf", field="../x")}, 400),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": about(filename="a.pdf", field="other")}, 422),
        ({**TUS, "Upload-Length": "0", "Upload-Metadata": about(filename="a.pdf")}, 422),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": about(filename="a.exe")}, 422),
        ({**TUS, "Upload-Length": "10"}, 422),
        ({**TUS, "Upload-Length": str(3 * 1024**2), "Upload-Metadata": about(filename="a.pdf")}, 422),
        ({**TUS, "Upload-Length": str(3 * 1024**3), "Upload-Metadata": about(filename="a.pdf")}, 413),
    ],
)
def test_what_is_no_creation_is_refused_and_leaves_nothing(
    client: Visitor, db: Session, draft: Submission, headers: dict[str, str], status: int
) -> None:
    assert client.post(f"/solve/{draft.ref}/uploads", headers=headers).status_code == status
    assert db.scalar(sa.select(sa.func.count(Upload.id))) == 0


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("report.pdf", specimens.EXE, "file_type_differs"),
        ("notes.txt", b"<script>alert(1)</script>", "file_type_differs"),
        ("broken.docx", specimens.docx()[:-40], "file_damaged"),
    ],
)
def test_a_file_that_lies_is_refused_at_its_last_byte_and_gone(
    client: Visitor, db: Session, draft: Submission, name: str, data: bytes, code: str
) -> None:
    place = begin(client, draft, len(data), name).headers["Location"]
    answer = patch(client, place, 0, data)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert (left(), attached(db)) == ([], [])
    assert db.scalar(sa.select(sa.func.count(Blob.sha256))) == 0
    assert client.head(place, headers=TUS).status_code == 404


def test_more_bytes_than_were_promised_are_not_taken(client: Visitor, draft: Submission) -> None:
    place = begin(client, draft, 100).headers["Location"]
    assert patch(client, place, 0, b"x" * 101).status_code == 413
    assert patch(client, place, 0, b"x", **{"Content-Type": "text/plain"}).status_code == 415
    assert offset(client, place) == 0


def test_count_and_bytes_have_their_limits_at_the_beginning_and_at_the_end(
    client: Visitor, db: Session, draft: Submission
) -> None:
    places = [begin(client, draft, name=f"{n}.pdf").headers["Location"] for n in range(3)]
    fourth = begin(client, draft)
    assert (fourth.status_code, fourth.json["code"]) == (422, "too_many_files")
    with_file(draft, "meanwhile.pdf")
    with_file(draft, "also.pdf", b"%PDF-1.7 more")
    assert patch(client, places[0], 0, PDF).status_code == 204
    refused = patch(client, places[1], 0, PDF + b"")
    assert (refused.status_code, refused.json["code"]) == (422, "too_many_files")
    assert len(attached(db)) == 3


def test_the_bytes_of_a_submission_have_a_limit(client: Visitor, db: Session) -> None:
    asked = RequirementFactory(round__max_file_mb=1, round__max_total_mb=1)
    draft = ready(requirement=asked)
    client.sign_in(owner_of(draft))
    first = begin(client, draft, 700_000, "a.txt").headers["Location"]
    second = begin(client, draft, 700_000, "b.txt")
    assert (second.status_code, second.json["code"]) == (422, "files_too_large")
    assert patch(client, first, 0, b"line\n" * 140_000).status_code == 204
    assert begin(client, draft, 400_000, "b.txt").json["code"] == "files_too_large"
    assert begin(client, draft, 300_000, "b.txt").status_code == 201


def test_an_upload_that_nobody_feeds_gives_way(client: Visitor, db: Session, draft: Submission) -> None:
    for number in range(3):
        begin(client, draft, name=f"{number}.pdf")
    an_hour_ago = clock.now(db) - dt.timedelta(hours=1)
    db.execute(sa.update(Upload).where(Upload.name == "1.pdf").values(created_at=an_hour_ago))
    assert begin(client, draft, name="new.pdf").status_code == 201
    assert sorted(db.scalars(sa.select(Upload.name))) == ["0.pdf", "2.pdf", "new.pdf"]


def test_nobody_else_reaches_an_upload(client: Visitor, draft: Submission) -> None:
    place = begin(client, draft).headers["Location"]
    client.sign_in(UserFactory())
    assert begin(client, draft).status_code == 404
    for answer in (
        client.head(place, headers=TUS),
        client.get(place),
        patch(client, place, 0, PDF),
        client.delete(place, headers=TUS),
    ):
        assert answer.status_code == 404
    client.sign_out()
    assert begin(client, draft).status_code == 403
    assert patch(client, place, 0, PDF).status_code == 403
    assert client.get(place).status_code == 302


def test_a_page_of_somebody_else_cannot_send(client: Visitor, draft: Submission) -> None:
    place = begin(client, draft).headers["Location"]
    headers = {**CHUNK, "Upload-Offset": "0"}
    answer = client.patch(place, data=PDF, headers=headers, token=False)
    assert (answer.status_code, answer.json["code"]) == (400, "csrf")
    wanted = {**TUS, "Upload-Length": "9", "Upload-Metadata": about(filename="a.pdf")}
    assert client.post(f"/solve/{draft.ref}/uploads", headers=wanted, token=False).status_code == 400
    assert client.delete(place, headers=TUS, token=False).status_code == 400
    assert offset(client, place) == 0


def test_after_the_close_no_byte_is_taken(client: Visitor, db: Session, draft: Submission) -> None:
    place = begin(client, draft).headers["Location"]
    patch(client, place, 0, PDF[:100])
    close(draft, clock.now(database.session))
    for answer in (patch(client, place, 100, PDF[100:]), begin(client, draft)):
        assert (answer.status_code, answer.json["code"]) == (409, "window_closed")
    assert attached(db) == []
