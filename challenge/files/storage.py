"""Where bytes live: a local folder by default, S3 and its kin by `settings.files_url`. Names are SHA-256.

Incoming bytes go to a file of their own first and are hashed on the way. Only whole files are kept:
fsync, rename, fsync of the folder; the row that names them is written after. A cut leaves nothing.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from flask import current_app

from challenge.rules.errors import NoRoom, NotFound
from config import Settings

CHUNK = 256 * 1024
LEFT_BEHIND_SECONDS = 24 * 3600
_FULL = {errno.ENOSPC, errno.EDQUOT}
_EXTENSION = "challenge.files"


@contextlib.contextmanager
def _room() -> Iterator[None]:
    """A full disk is a refusal that says so, never half a file."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom from error
        raise


class Staged:
    """One incoming file: written and hashed chunk by chunk, gone at the end of its `with` unless kept."""

    def __init__(self, folder: Path) -> None:
        with _room():
            descriptor, name = tempfile.mkstemp(dir=folder, prefix="in-")
        self.path = Path(name)
        self.size = 0
        self._hash = hashlib.sha256()
        self._file = os.fdopen(descriptor, "wb", buffering=0)

    def write(self, data: bytes) -> None:
        """Append; raises NoRoom when the disk is full."""
        with _room():
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
        self._hash.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        """The digest of what was written so far."""
        return self._hash.hexdigest()

    def finish(self) -> None:
        """No more bytes come: what is there is on the disk, not only in its cache."""
        with _room():
            os.fsync(self._file.fileno())
            self._file.close()

    def discard(self) -> None:
        """Forget it; harmless after it was kept."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Staged:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()


class Storage:
    """The blobs of an installation."""

    def __init__(self, data_dir: Path, files_url: str | None = None) -> None:
        self._local = None if files_url else data_dir / "files"
        self._url = files_url
        self._incoming = (self._local or data_dir) / "incoming"
        self._opened: Any = None
        self._sweep()

    def stage(self) -> Staged:
        """A place for one incoming file."""
        with _room():
            _folder(self._incoming)
        return Staged(self._incoming)

    def keep(self, staged: Staged) -> str:
        """Put a finished file under its digest, durably; its SHA-256. The same bytes twice are harmless."""
        staged.finish()
        key = key_of(staged.sha256)
        if self._local is None:
            import obstore

            obstore.put(self._store(), key, staged.path)  # in parts where it is large
            staged.discard()
            return staged.sha256
        target = self._local / key
        with _room():
            _folder(target.parent)
            staged.path.replace(target)
            _sync_folder(target.parent)
        return staged.sha256

    def read(self, sha256: str, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`, in chunks; raises NotFound at once if they are not there."""
        if start >= stop:
            return iter(())
        import obstore

        try:
            found = obstore.get(self._store(), key_of(sha256), options={"range": (start, stop)})
        except FileNotFoundError:
            current_app.logger.exception("a blob that the database names is not in the storage: %s", sha256)
            raise NotFound("file_missing") from None
        return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))

    def is_empty(self) -> bool:
        """Whether nothing is kept here."""
        found = (entry["path"] for entries in self._store().list() for entry in entries)
        return all(path.startswith("incoming/") for path in found)

    def remove(self, sha256: str) -> None:
        """Forget a blob that nothing names: what an undone restore put here. Never a way to delete a file."""
        with contextlib.suppress(FileNotFoundError):
            self._store().delete(key_of(sha256))

    def _store(self) -> Any:
        # Loaded on first use: a web worker that serves no file never pays for it.
        if self._opened is None:
            from obstore.store import LocalStore, from_url

            if self._local is None:
                self._opened = from_url(str(self._url))
            else:
                _folder(self._local)
                self._opened = LocalStore(prefix=self._local)
        return self._opened

    def _sweep(self) -> None:
        """What a killed process left behind."""
        oldest = time.time() - LEFT_BEHIND_SECONDS
        for path in self._incoming.glob("in-*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest:
                    path.unlink()


def key_of(sha256: str) -> str:
    """Where a blob lies: two levels of folders, so that none grows without bound."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def storage() -> Storage:
    """The storage of the running app, opened once per process."""
    known = current_app.extensions.get(_EXTENSION)
    if isinstance(known, Storage):
        return known
    settings: Settings = current_app.config["SETTINGS"]
    opened = Storage(settings.data_dir, settings.files_url)
    current_app.extensions[_EXTENSION] = opened
    return opened


def _folder(path: Path) -> None:
    """Make a folder and the ones above it durable too: a rename into a lost folder is a lost file."""
    if path.is_dir():
        return
    _folder(path.parent)
    path.mkdir(exist_ok=True)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
