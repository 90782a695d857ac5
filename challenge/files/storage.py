"""Where bytes live: a local folder by default, S3 and its kin by `settings.files_url`. Names are SHA-256.

Incoming bytes go to a file of their own first and are hashed on the way. Only whole files are kept:
fsync, rename, fsync of the folder; the row that names them is written after. A cut leaves nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from flask import current_app

from challenge.rules.errors import Away, NoRoom, NotFound
from config import Settings

log = structlog.get_logger()
CHUNK = 256 * 1024
LEFT_BEHIND_SECONDS = 24 * 3600
# A file goes to another store in parts of this size, so many at once: what a large one costs in memory.
PART, PARTS_AT_ONCE = 5 * 1024 * 1024, 1
_FULL = {errno.ENOSPC, errno.EDQUOT}
_EXTENSION = "challenge.files"


@contextlib.contextmanager
def room() -> Iterator[None]:
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
        with room():
            descriptor, name = tempfile.mkstemp(dir=folder, prefix="in-")
        self.path = Path(name)
        self.size = 0
        self._hash = hashlib.sha256()
        self._file = os.fdopen(descriptor, "wb", buffering=0)

    def write(self, data: bytes) -> None:
        """Append; raises NoRoom when the disk is full."""
        with room():
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
        with room():
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

    def __init__(self, data_dir: Path, files_url: str | None = None, scanner: str | None = None) -> None:
        self.scanner = scanner  # who is asked about a file before it is kept (files.scanning)
        self._local = None if files_url else data_dir / "files"
        self._url = files_url
        self._incoming = (self._local or data_dir) / "incoming"
        self._opened: Any = None
        self._ranges = True
        self._sweep()

    def stage(self) -> Staged:
        """A place for one incoming file."""
        with room():
            _folder(self._incoming)
        return Staged(self._incoming)

    def keep(self, staged: Staged) -> str:
        """Put a finished file under its digest, durably; its SHA-256. The same bytes twice are harmless."""
        staged.finish()
        self.keep_file(staged.path, staged.sha256)
        return staged.sha256

    def put(self, data: bytes) -> str:
        """Keep these bytes, durably; their SHA-256."""
        with self.stage() as staged:
            staged.write(data)
            return self.keep(staged)

    def keep_file(self, path: Path, sha256: str) -> None:
        """The same for a synced file of the waiting room whose digest is known; the file is gone then.

        Raises `NoRoom`, and `Away` where another store does not answer: the file waits as it was.
        """
        key = key_of(sha256)
        if self._local is None:
            import obstore

            with self._answering():
                obstore.put(self._store(), key, path, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)
            path.unlink(missing_ok=True)
            return
        target = self._local / key
        with room():
            _folder(target.parent)
            path.replace(target)
            sync_folder(target.parent)

    @property
    def waiting_room(self) -> Path:
        """Where files lie that are on their way: always a local folder."""
        return self._incoming

    def size_of(self, sha256: str) -> int | None:
        """How large a blob is, None where it is not here; raises `Away`."""
        try:
            with self._answering():
                return int(self._store().head(key_of(sha256))["size"])
        except FileNotFoundError:
            return None

    @contextlib.contextmanager
    def in_use(self, *, sweeping: bool = False) -> Iterator[None]:
        """From keeping a file until its row is committed: nobody sweeps meanwhile.

        Sweeping is done alone and never waits: raises BlockingIOError while a file is on its way.
        """
        with room():
            _folder(self._incoming)
            descriptor = os.open(self._incoming, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB if sweeping else fcntl.LOCK_SH)
            yield
        finally:
            os.close(descriptor)

    def stored(self) -> Iterator[tuple[str, dt.datetime]]:
        """Every blob that lies here, with when it was put; raises `Away`."""
        with self._answering():
            for entries in self._store().list():
                for entry in entries:
                    sha256 = entry["path"].rpartition("/")[2]
                    if entry["path"] == key_of(sha256):
                        yield sha256, entry["last_modified"]

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        """A store that does not answer is a refusal that says when to come back."""
        from obstore.exceptions import BaseError, NotFoundError

        try:
            yield
        except (FileNotFoundError, NotFoundError):
            raise
        except (BaseError, OSError) as error:
            if isinstance(error, OSError) and error.errno in _FULL:
                raise NoRoom from error
            log.warning("the storage does not answer", error=str(error).partition("\n")[0])
            raise Away("storage_away") from error

    def read(self, sha256: str, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`, in chunks; raises NotFound at once if they are not there."""
        if start >= stop:
            return iter(())
        try:
            with self._answering():
                return self._stream(key_of(sha256), start, stop)
        except FileNotFoundError:
            current_app.logger.exception("a blob that the database names is not in the storage: %s", sha256)
            raise NotFound("file_missing") from None

    def _stream(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        import obstore
        from obstore.exceptions import GenericError

        if self._ranges:
            try:
                found = obstore.get(self._store(), key, options={"range": (start, stop)})
                return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))
            except GenericError as error:
                if "non-partial" not in str(error):
                    raise
                self._ranges = False  # this store sends the whole file, whatever part is asked for
        whole = obstore.get(self._store(), key)
        return _cut((bytes(chunk) for chunk in whole.stream(min_chunk_size=CHUNK)), start, stop)

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
                # The client's own options hide the variable that permits a store without TLS.
                plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true")
                self._opened = from_url(
                    str(self._url),
                    client_options={"connect_timeout": "3s", "timeout": "60s", "allow_http": plain},
                    retry_config={"max_retries": 2, "retry_timeout": dt.timedelta(seconds=6)},
                )
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


def _cut(chunks: Iterator[bytes], start: int, stop: int) -> Iterator[bytes]:
    """The bytes from `start` up to `stop` of a whole file."""
    place = 0
    for chunk in chunks:
        part = chunk[max(0, start - place) : stop - place]
        if part:
            yield part
        place += len(chunk)
        if place >= stop:
            return


def key_of(sha256: str) -> str:
    """Where a blob lies: two levels of folders, so that none grows without bound."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def storage() -> Storage:
    """The storage of the running app, opened once per process."""
    known = current_app.extensions.get(_EXTENSION)
    if isinstance(known, Storage):
        return known
    settings: Settings = current_app.config["SETTINGS"]
    opened = Storage(settings.data_dir, settings.files_url, settings.clamd)
    current_app.extensions[_EXTENSION] = opened
    return opened


def _folder(path: Path) -> None:
    """Make a folder and the ones above it durable too: a rename into a lost folder is a lost file."""
    if path.is_dir():
        return
    _folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable, not only what the files hold."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
