"""A file on its way, in pieces: how much of it is good is what the disk says, after whatever happened.

`up-<ref>` holds the bytes. `up-<ref>.at` says how many of them were synced, whose turn it is to write, and
the digest once the file is whole. It is written after the bytes it speaks of, so it never says too much:
whatever lies beyond was lost or not yet synced, and is cut off before the next byte is written. Nothing here
knows a database, so no connection is held while bytes trickle in.

A turn takes the file over from an older one. A laptop that was closed leaves a dead line behind, which must
not lock out the same laptop when it is opened again; the older turn finds itself overtaken at its next write.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from challenge.files.hashing import STATES
from challenge.files.storage import room, sync_folder
from challenge.rules.errors import Refused

SYNC_BYTES = 16 * 1024 * 1024  # at most so much is sent again after a process was killed
SYNC_SECONDS = 5.0  # or what came in so long, on a slow line


class Overtaken(Refused):
    """Somebody else, or the same person on a new line, has the turn to write."""

    status = 423

    def __init__(self) -> None:
        super().__init__("upload_overtaken")


class WrongOffset(Refused):
    """These bytes do not go where the file ends; `good` is where it ends."""

    status = 409

    def __init__(self, good: int) -> None:
        super().__init__("upload_offset", good=good)
        self.good = good


@dataclass(frozen=True, slots=True)
class Mark:
    """What is certain of a partial file: bytes that are synced, whose turn it is, its digest once whole."""

    good: int = 0
    turn: int = 0
    sha256: str = ""

    def as_bytes(self) -> bytes:
        """In one line that is always as long, so that writing it anew needs no room on the disk."""
        return f"{self.good:016d} {self.turn:016d} {self.sha256 or '-':<64}\n".encode()

    @classmethod
    def of(cls, data: bytes) -> Mark:
        """Read it; nothing readable is the beginning."""
        good, turn, sha256 = (data.split() + [b""] * 3)[:3]
        if not (good.isdigit() and turn.isdigit()):
            return cls()
        return cls(int(good), int(turn), "" if sha256 == b"-" else sha256.decode("ascii", "replace"))


class Partial:
    """The partial file of one upload of `size` bytes."""

    def __init__(self, folder: Path, ref: str, size: int) -> None:
        self.folder = folder
        self.ref = ref
        self.size = size
        self.path = folder / f"up-{ref}"
        self._about = folder / f"up-{ref}.at"

    @property
    def offset(self) -> int:
        """From which byte to go on. The last byte is only taken together with the attachment."""
        try:
            mark = Mark.of(self._about.read_bytes())
        except FileNotFoundError:
            return 0
        return self.size - 1 if mark.sha256 else self.certain(mark)

    def certain(self, mark: Mark) -> int:
        """How many bytes are good, also where somebody cut or removed the file behind our back."""
        try:
            return min(mark.good, self.path.stat().st_size)
        except FileNotFoundError:
            return 0

    @property
    def touched_at(self) -> float | None:
        """When a byte last came, in seconds of this host; None where none did."""
        try:
            return self._about.stat().st_mtime
        except FileNotFoundError:
            return None

    def turn(self, offset: int) -> Turn:
        """Write from `offset` on; raises `WrongOffset`, `NoRoom`."""
        with room():
            return Turn(self, offset)

    def remove(self) -> None:
        """Forget it; whoever still writes is overtaken."""
        with contextlib.suppress(FileNotFoundError):
            about = os.open(self._about, os.O_RDWR)
            with _closing(about), _alone(about):
                os.pwrite(about, Mark(0, _read(about).turn + 1).as_bytes(), 0)
                self.path.unlink(missing_ok=True)
                self._about.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)
        STATES.forget(self.ref)

    def open_about(self) -> int:
        """The small file beside it, made where it is missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        known = self._about.exists()
        about = os.open(self._about, os.O_RDWR | os.O_CREAT, 0o600)
        if not known:
            os.pwrite(about, Mark().as_bytes(), 0)
        return about


class Turn:
    """One request's turn to append. Use in a `with`; what came is synced at its end, also after a cut."""

    def __init__(self, partial: Partial, offset: int) -> None:
        self.partial = partial
        self._file = -1
        self._about = partial.open_about()
        try:
            self._begin(offset)
        except BaseException:
            self._close()
            raise

    def _begin(self, offset: int) -> None:
        partial = self.partial
        with _alone(self._about):
            mark = _read(self._about)
            whole = bool(mark.sha256)
            good = partial.size - 1 if whole else partial.certain(mark)
            if offset != good:
                raise WrongOffset(good)
            self._mark = replace(mark, good=good, turn=mark.turn + 1)
            if not whole:
                self._file = os.open(partial.path, os.O_RDWR | os.O_CREAT, 0o600)
                os.ftruncate(self._file, good)
                if good == 0:
                    sync_folder(partial.folder)
            os.pwrite(self._about, self._mark.as_bytes(), 0)
        self.start = self.end = good
        self._synced, self._unsynced = time.monotonic(), False
        self._hash = hashlib.sha256() if whole else STATES.take(partial.ref, good, self._file)
        self._safe = (good, self._hash.copy())

    @property
    def whole(self) -> bool:
        """Whether all bytes were there before this turn: what comes now is not written any more."""
        return bool(self._mark.sha256)

    @property
    def left(self) -> int:
        """How many bytes are still to come."""
        return self.partial.size - self.end

    @property
    def sha256(self) -> str:
        """The digest of all that came so far."""
        return self._mark.sha256 or self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        """Append; raises `Overtaken` and `NoRoom`, after which nothing since the last sync is there."""
        if self.whole:
            self.end += len(data)
            return
        with _alone(self._about):
            self._check_turn()
            try:
                with room():
                    _write(self._file, data, self.end)
            except BaseException:
                os.ftruncate(self._file, self._mark.good)
                self.end, self._unsynced = self._mark.good, False
                raise
        self._hash.update(data)
        self.end += len(data)
        self._unsynced = True

    def sync_when_due(self) -> None:
        """Make certain of what came, every few megabytes or seconds."""
        if self.end - self._mark.good >= SYNC_BYTES or time.monotonic() - self._synced >= SYNC_SECONDS:
            self.sync()

    def sync(self) -> None:
        """What came is on the disk, and then the mark says so; never the last byte (see `settle`)."""
        if self.whole or not self._unsynced:
            return
        good = min(self.end, self.partial.size - 1)
        with _alone(self._about):
            self._check_turn()
            with room():
                os.fdatasync(self._file)
                self._put(replace(self._mark, good=good))
        self._unsynced = False
        if good == self.end:
            self._safe = (good, self._hash.copy())
        self._synced = time.monotonic()

    def settle(self) -> str:
        """All bytes came and were found right: from here on they change no more. The digest."""
        if not self.whole:
            with _alone(self._about):
                self._check_turn()
                with room():
                    os.fdatasync(self._file)
                    self._put(replace(self._mark, good=self.partial.size - 1, sha256=self.sha256))
            self._unsynced = False
        return self._mark.sha256

    def take_back(self) -> None:
        """Forget what this turn wrote: its checksum was wrong, or it broke off before one could be made."""
        if self.whole:
            return
        with _alone(self._about):
            self._check_turn()
            os.ftruncate(self._file, self.start)
            self._put(replace(self._mark, good=self.start))
        self.end, self._unsynced = self.start, False
        STATES.forget(self.partial.ref)

    def _check_turn(self) -> None:
        if _read(self._about).turn != self._mark.turn:
            raise Overtaken

    def _put(self, mark: Mark) -> None:
        os.pwrite(self._about, mark.as_bytes(), 0)
        os.fdatasync(self._about)
        self._mark = mark

    def __enter__(self) -> Turn:
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            if self._file >= 0 and self.end != self.partial.size:
                with contextlib.suppress(Refused):
                    self.sync()
            STATES.put(self.partial.ref, *self._safe)
        finally:
            self._close()

    def _close(self) -> None:
        for descriptor in (self._file, self._about):
            if descriptor >= 0:
                os.close(descriptor)


@contextlib.contextmanager
def _alone(about: int) -> Iterator[None]:
    """No other thread or process of this installation touches the file meanwhile."""
    fcntl.flock(about, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(about, fcntl.LOCK_UN)


@contextlib.contextmanager
def _closing(descriptor: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(descriptor)


def _read(about: int) -> Mark:
    return Mark.of(os.pread(about, 256, 0))


def _write(file: int, data: bytes, place: int) -> None:
    view = memoryview(data)
    while view:
        count = os.pwrite(file, view, place)
        place += count
        view = view[count:]
