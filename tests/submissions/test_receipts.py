"""A receipt can be verified by anyone: on a public page, and offline by a command."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from challenge.audit import statements
from challenge.audit.keys import Keyring
from challenge.audit.models import AuditEntry
from challenge.submissions import submitting
from challenge.submissions.models import Version
from tests.factories import actor_of
from tests.rigs.application import Visitor
from tests.submissions.stories import owner_of, ready, with_file

FILE = b"%PDF-1.7 the very bytes"


@pytest.fixture
def version(db: Session) -> Version:
    draft = ready()
    with_file(draft, "报告.pdf", FILE)
    version = submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    db.commit()
    return version


def altered(receipt: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**receipt, "statement": {**receipt["statement"], **changes}}


def foreign(receipt: dict[str, Any], folder: Path) -> dict[str, Any]:
    return statements.sign(Keyring(folder / "another installation"), receipt["statement"])


def test_a_receipt_names_its_place_in_the_record(db: Session, version: Version) -> None:
    said = version.receipt["statement"]["audit"]
    entry = db.query(AuditEntry).filter_by(chain=said["chain"], seq=said["seq"]).one()
    assert entry.hash == said["hash"]
    assert entry.detail["digest"] == version.digest


def test_the_page_tells_valid_altered_foreign_and_nothing(
    client: Visitor, version: Version, tmp_path: Path
) -> None:
    receipt = version.receipt
    cases = (
        (receipt, "Valid."),
        (altered(receipt, version=9), "Altered."),
        (foreign(receipt, tmp_path), "Signed by another key."),
        ({"some": "json"}, "Not a receipt."),
    )
    for document, verdict in cases:
        text = json.dumps(document, indent=2, ensure_ascii=False)
        pasted = client.post("/verify", data={"text": text})
        uploaded = client.post("/verify", data={"file": (io.BytesIO(text.encode()), "receipt.json")})
        for answer in (pasted, uploaded):
            assert answer.status_code == 200
            assert verdict in answer.text
    assert client.post("/verify", data={"text": " "}).status_code == 422


def test_what_a_forged_receipt_says_is_not_repeated(client: Visitor, version: Version) -> None:
    forged = altered(version.receipt, submission="S-FORGED")
    page = client.post("/verify", data={"text": json.dumps(forged)}).text
    assert "S-FORGED" not in page.partition("<textarea")[0]
    valid = client.post("/verify", data={"text": json.dumps(version.receipt)}).text
    assert version.receipt["statement"]["submission"] in valid.partition("<textarea")[0]


def test_the_page_shows_the_keys_that_sign_here(client: Visitor, version: Version) -> None:
    assert version.receipt["signature"]["key"] in client.get("/verify").text


def test_hostile_text_is_no_receipt_and_no_script(client: Visitor, version: Version) -> None:
    for text in (
        "<script>alert(1)</script>",
        "[" * 50_000,
        '{"statement": {"kind": "challenge-receipt/1"}}',
        "\x00.",
    ):
        answer = client.post("/verify", data={"text": text})
        assert answer.status_code == 200
        assert "Not a receipt." in answer.text
        assert "<script>alert" not in answer.text


def test_the_command_verifies_offline_with_the_files(
    command: FlaskCliRunner, version: Version, tmp_path: Path
) -> None:
    paper, file, stranger = tmp_path / "receipt.json", tmp_path / "mine.pdf", tmp_path / "other.pdf"
    file.write_bytes(FILE)
    stranger.write_bytes(FILE + b" and more")

    def run(document: Any, *files: Path) -> tuple[int, str]:
        paper.write_text(json.dumps(document), encoding="utf-8")
        done = command.invoke(args=["receipt", "verify", str(paper), *map(str, files)])
        return done.exit_code, done.output

    code, said = run(version.receipt, file)
    assert code == 0
    assert "valid" in said
    assert "mine.pdf: is 报告.pdf" in said
    code, said = run(version.receipt, file, stranger)
    assert code == 4
    assert "other.pdf: NOT NAMED" in said
    assert run(altered(version.receipt, version=2))[0] == 1
    assert run(foreign(version.receipt, tmp_path))[0] == 2
    assert run({"x": 1})[0] == 3


def test_after_a_change_of_keys_old_receipts_stay_valid(
    command: FlaskCliRunner, client: Visitor, version: Version
) -> None:
    old = version.receipt["signature"]["key"]
    assert command.invoke(args=["receipt", "rotate"]).exit_code == 0
    listed = command.invoke(args=["receipt", "keys"]).output
    assert f"  {old}" in listed
    assert listed.count("\n") == 2
    assert "Valid." in client.post("/verify", data={"text": json.dumps(version.receipt)}).text
