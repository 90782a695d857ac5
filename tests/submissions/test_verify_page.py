"""The public page examines a receipt and forgets it; what it hands out verifies without it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import werkzeug.formparser
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from challenge.base.db import Base
from challenge.submissions import submitting
from challenge.submissions.models import Version
from tests.factories import actor_of
from tests.rigs.application import Visitor
from tests.submissions.stories import owner_of, ready, with_file

FILE = b"%PDF-1.7 the very bytes"


@pytest.fixture
def receipt(db: Session) -> dict[str, Any]:
    draft = ready()
    with_file(draft, "报告.pdf", FILE)
    version: Version = submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    db.commit()
    return version.receipt


def sent(client: Visitor, data: bytes, name: str = "receipt.json") -> TestResponse:
    """Uploaded in one piece of memory: the test's own client keeps no file of it either."""
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + b"\r\n--b--\r\n"
    return client.post("/verify", data=body, content_type="multipart/form-data; boundary=b")


def upload(client: Visitor, data: bytes, name: str = "receipt.json") -> str:
    answer = sent(client, data, name)
    assert answer.status_code == 200
    return answer.text


def test_the_script_and_the_keys_of_the_page_verify_alone(
    client: Visitor, receipt: dict[str, Any], tmp_path: Path
) -> None:
    for name in ("keys.json", "verify_receipt.py"):
        answer = client.get(f"/verify/{name}")
        assert answer.status_code == 200
        (tmp_path / name).write_bytes(answer.data)
    (tmp_path / "receipt.json").write_text(json.dumps(receipt))
    (tmp_path / "mine.pdf").write_bytes(FILE)
    command = [sys.executable, "-I", "-S", "verify_receipt.py", "receipt.json", "mine.pdf"]
    done = subprocess.run(
        [*command, "--keys", "keys.json"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mine.pdf: is 报告.pdf" in done.stdout
    keys = json.loads((tmp_path / "keys.json").read_text())
    assert receipt["signature"]["key"] == keys["current"]
    assert len(json.dumps(keys)) < 300  # public halves alone


@pytest.mark.parametrize(("locale", "words"), [("en_US", 0), ("zh_CN", 1)])
def test_the_verdict_is_told_in_both_languages(
    client: Visitor, receipt: dict[str, Any], locale: str, words: int
) -> None:
    client.set_cookie("locale", locale)
    text = json.dumps(receipt, ensure_ascii=False)
    forged = {**receipt, "statement": {**receipt["statement"], "version": 9}}
    twice = text.replace('"version": 1', '"version": 9, "version": 1')
    for data, verdict in (
        (text, ("Valid.", "有效")),
        (json.dumps(forged), ("Altered.", "已被改动")),
        (text.replace(receipt["signature"]["key"], "0" * 16), ("Signed by another key.", "由其他密钥签署")),
        (text[:-30], ("Not a receipt.", "不是回执")),
        (twice, ("Not a receipt.", "不是回执")),
    ):
        assert verdict[words] in upload(client, data.encode()), data


def test_only_what_is_valid_is_repeated(client: Visitor, receipt: dict[str, Any]) -> None:
    code = receipt["statement"]["submission"]
    page = upload(client, json.dumps(receipt).encode())
    assert code in page
    assert "data-compare" in page
    forged = {**receipt, "statement": {**receipt["statement"], "round": "canary-round"}}
    page = upload(client, json.dumps(forged).encode())
    assert "canary-round" not in page
    assert "data-compare" not in page


def test_nothing_of_it_is_stored(
    client: Visitor,
    app: Flask,
    db: Session,
    receipt: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    folder = Path(app.config["SETTINGS"].data_dir)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # nobody else's

    def lying() -> set[tuple[str, int]]:
        return {(str(path), path.stat().st_size) for path in folder.rglob("files/**/*") if path.is_file()}

    def rows() -> dict[str, int]:
        count = sa.select(sa.func.count())
        return {t.name: db.scalar(count.select_from(t)) or 0 for t in Base.metadata.sorted_tables}

    def no_file(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("mkstemp", "TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile"):
        monkeypatch.setattr(tempfile, name, no_file)
        monkeypatch.setattr(werkzeug.formparser, name, no_file, raising=False)
    before = lying(), rows(), sorted(os.listdir(tempfile.gettempdir()))  # noqa: PTH208
    caplog.set_level(logging.DEBUG)
    padded = json.dumps({**receipt, "canary": "CANARY" * 140_000}).encode()  # 840 kB: past any small buffer
    upload(client, padded)
    upload(client, b"CANARY" * 100)
    client.post("/verify", data={"text": "CANARY" * 1000})
    assert (lying(), rows(), sorted(os.listdir(tempfile.gettempdir()))) == before  # noqa: PTH208
    assert "CANARY" not in caplog.text


def test_what_is_too_large_is_refused_in_order(client: Visitor, receipt: dict[str, Any]) -> None:
    assert "Not a receipt." in upload(client, json.dumps(receipt).encode() + b"x" * 1_100_000)
    assert sent(client, b" " * 3_000_000).status_code == 413
    assert client.post("/verify", data={}).status_code == 422
