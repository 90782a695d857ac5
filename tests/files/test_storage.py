"""Bytes are whole or not there: hashed, synced, renamed; a full disk leaves nothing behind."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import time
from pathlib import Path

import pytest
from flask import Flask

from challenge.files import storage as storing
from challenge.files.storage import Storage, key_of
from challenge.rules.errors import NoRoom, NotFound


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_bytes_come_back_as_they_went_in(store: Storage, tmp_path: Path) -> None:
    data = os.urandom(700_000)
    with store.stage() as staged:
        for start in range(0, len(data), 100_000):
            staged.write(data[start : start + 100_000])
        digest = store.keep(staged)
    assert digest == hashlib.sha256(data).hexdigest()
    assert everything(tmp_path) == [f"files/{digest[:2]}/{digest[2:4]}/{digest}"]
    assert b"".join(store.read(digest, 0, len(data))) == data
    assert b"".join(store.read(digest, 5, 300_001)) == data[5:300_001]
    assert list(store.read(digest, 9, 9)) == []


def test_what_is_not_kept_is_gone(store: Storage, tmp_path: Path) -> None:
    with store.stage() as staged:
        staged.write(b"half a file")
    assert everything(tmp_path) == []


def test_the_same_bytes_kept_by_many_at_once_are_one_blob(store: Storage, tmp_path: Path) -> None:
    def keep() -> None:
        with store.stage() as staged:
            staged.write(b"the same")
            store.keep(staged)

    threads = [threading.Thread(target=keep) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(everything(tmp_path)) == 1


def test_a_file_is_on_the_disk_before_its_name_and_its_folder_after(
    store: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink()
        steps.append("folder" if name.is_dir() else "bytes")
        fsync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        steps.append("name")
        return replace(self, target)

    monkeypatch.setattr(storing.os, "fsync", synced)
    with store.stage() as staged:
        staged.write(b"durable")
        monkeypatch.setattr(Path, "replace", renamed)
        steps.clear()
        store.keep(staged)
    assert steps[0] == "bytes"
    assert steps[-2:] == ["name", "folder"]


@pytest.mark.parametrize("moment", ["open", "write", "sync", "rename"])
def test_a_full_disk_is_a_refusal_and_leaves_nothing(
    store: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def attempt() -> None:
        with store.stage() as staged:
            if moment == "write":
                staged._file.close()
                # The device that is always full.
                staged._file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115
            staged.write(b"bytes")
            if moment == "sync":
                monkeypatch.setattr(storing.os, "fsync", full)
            if moment == "rename":
                monkeypatch.setattr(Path, "replace", full)
            store.keep(staged)

    if moment == "open":
        monkeypatch.setattr(storing.tempfile, "mkstemp", full)
    with pytest.raises(NoRoom) as refusal:
        attempt()
    assert refusal.value.status == 507
    assert everything(tmp_path) == []


def test_what_a_killed_process_left_is_swept_a_day_later(tmp_path: Path) -> None:
    waiting = tmp_path / "files" / "incoming"
    waiting.mkdir(parents=True)
    old, new = waiting / "in-old", waiting / "in-new"
    for path in (old, new):
        path.write_bytes(b"half")
    long_ago = time.time() - storing.LEFT_BEHIND_SECONDS - 1
    os.utime(old, (long_ago, long_ago))
    Storage(tmp_path)
    assert everything(tmp_path) == ["files/incoming/in-new"]


def test_a_missing_blob_is_said_at_once(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), pytest.raises(NotFound):
        Storage(tmp_path).read("0" * 64, 0, 1)


def test_another_store_keeps_the_same_keys(app: Flask, tmp_path: Path) -> None:
    elsewhere = tmp_path / "bucket"
    elsewhere.mkdir()
    store = Storage(tmp_path / "data", elsewhere.as_uri())
    with store.stage() as staged:
        staged.write(b"x" * 12_000_000)
        digest = store.keep(staged)
    assert everything(elsewhere) == [key_of(digest)]
    assert everything(tmp_path / "data") == []
    assert sum(map(len, store.read(digest, 0, 12_000_000))) == 12_000_000
    with app.app_context(), pytest.raises(NotFound):
        store.read("0" * 64, 0, 1)
