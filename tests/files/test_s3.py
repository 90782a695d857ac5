"""Another store than the local folder: large files in parts, ranges, and what happens while it is away."""

from __future__ import annotations

import hashlib
import os
import time
import tracemalloc
from pathlib import Path

import pytest
from flask import Flask

from challenge.files.storage import Storage, key_of
from challenge.rules.errors import Away, NotFound
from tests.rigs.buckets import URL, Bucket, Rclone
from tests.rigs.server import MakeServer
from tests.solve.sending import Sender

MB = 1024 * 1024


@pytest.fixture
def store(bucket: Bucket, tmp_path: Path) -> Storage:
    """The product's storage over either store."""
    return Storage(tmp_path / "data", URL)


def keep(store: Storage, *pieces: bytes) -> str:
    """Store a file; its digest."""
    with store.stage() as staged:
        for piece in pieces:
            staged.write(piece)
        return store.keep(staged)


def test_a_file_of_many_parts_comes_back_whole_and_in_ranges(store: Storage) -> None:
    data = os.urandom(13 * MB)
    digest = keep(store, data)
    assert digest == hashlib.sha256(data).hexdigest()
    assert b"".join(store.read(digest, 0, len(data))) == data
    for start, stop in ((0, 1), (7 * MB - 3, 7 * MB + 9), (13 * MB - 1, 13 * MB)):
        assert b"".join(store.read(digest, start, stop)) == data[start:stop]
    assert store.size_of(digest) == len(data)
    assert [key for key, _at in store.stored()] == [digest]
    store.remove(digest)
    assert store.size_of(digest) is None


def test_what_is_not_there_is_said_at_once(app: Flask, store: Storage) -> None:
    with app.app_context(), pytest.raises(NotFound):
        store.read("0" * 64, 0, 1)
    assert store.size_of("0" * 64) is None
    assert list(store.stored()) == []


def test_a_large_file_goes_over_in_flat_memory(
    rclone: Rclone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in rclone.env.items():
        monkeypatch.setenv(name, value)
    store = Storage(tmp_path / "data", URL)
    piece = os.urandom(MB)
    tracemalloc.start()
    keep(store, *[piece] * 40)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * MB  # what Python holds; the client below it holds one part of 5 MB
    assert list((tmp_path / "data" / "incoming").iterdir()) == []


def test_a_store_that_is_away_is_a_refusal_and_the_file_waits(
    rclone: Rclone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in rclone.env.items():
        monkeypatch.setenv(name, value)
    store = Storage(tmp_path / "data", URL)
    digest = keep(store, b"there before")
    rclone.go_away()
    for attempt in (
        lambda: keep(store, b"small"),
        lambda: keep(store, os.urandom(MB) * 12),
        lambda: store.read(digest, 0, 5),
        lambda: store.size_of(digest),
        lambda: list(store.stored()),
    ):
        started = time.monotonic()
        with pytest.raises(Away) as refusal:
            attempt()
        assert (refusal.value.status, refusal.value.code) == (503, "storage_away")
        assert time.monotonic() - started < 10
    rclone.come_back()
    assert b"".join(store.read(digest, 0, 12)) == b"there before"


@pytest.mark.slow
def test_an_upload_waits_for_a_store_that_is_away_for_half_a_minute(
    make_server: MakeServer, rclone: Rclone
) -> None:
    server = make_server(work=0, FILES_URL=URL, **rclone.env)
    sender = Sender(server)
    data = b"%PDF-1.7\n" + os.urandom(12 * MB)
    place = sender.begin(len(data))
    assert sender.patch(place, 0, data[: 6 * MB]).status == 204
    rclone.go_away()
    went = time.monotonic()
    answer = sender.patch(place, 6 * MB, data[6 * MB :])
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    while time.monotonic() - went < 30:
        assert sender.offset(place) == len(data) - 1  # all is here but the last byte's promise
        assert sender.patch(place, len(data) - 1, data[-1:]).status == 503
        time.sleep(5)
    rclone.come_back()
    assert sender.patch(place, len(data) - 1, data[-1:]).status == 204
    assert sender.download(place) == data
    digest = hashlib.sha256(data).hexdigest()
    assert [path.name for path in rclone.files] == [digest]
    assert rclone.files[0].read_bytes() == data
    assert str(rclone.files[0]).endswith(key_of(digest))
