"""The file of a backup: a zip whose every member is named, with its SHA-256, in a manifest written last.

A zip keeps its directory at the end, so a file that was cut is found at once; a changed byte is found by the
digests. Members are streamed both ways and may be larger than 4 GB. Nothing is ever unpacked by a name that
stands in the file: names are made from the manifest and must look as this module makes them.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

KIND = "challenge-backup"
VERSION = 1
MANIFEST = "manifest.json"
CHUNK = 256 * 1024
LARGEST_MANIFEST = 512 * 1024 * 1024
OWNER_ONLY = 0o600
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, KeyError, TypeError, OverflowError),
)
_TABLE = re.compile(r"[a-z][a-z0-9_]{0,62}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SECRET = re.compile(r"(?:keys/(?:public/)?)?[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")


class Unfit(ValueError):
    """The archive, or the place it should go to, does not fit; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class TablePart:
    """One table: its columns with their kinds, its key, its rows, and the last number it gave away."""

    name: str
    columns: dict[str, str]
    key: list[str]
    own_references: list[str]
    rows: int
    sha256: str
    last_number: int | None = None


@dataclass(frozen=True, slots=True)
class FilePart:
    """One stored file; `found` is the digest of what the storage gave for it, None where it gave nothing."""

    sha256: str
    size: int
    found: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in an archive. Tables stand in the order in which they can be loaded."""

    made_at: str
    database: str
    revision: str
    tables: list[TablePart]
    files: list[FilePart]
    heads: dict[str, tuple[int, str]]
    secrets: dict[str, str]
    marks: dict[str, str]
    kind: str = KIND
    version: int = VERSION

    @property
    def rows(self) -> int:
        """How many rows all tables have together."""
        return sum(table.rows for table in self.tables)

    @property
    def kept(self) -> list[FilePart]:
        """The files whose bytes are in the archive."""
        return [each for each in self.files if each.found == each.sha256]

    @property
    def lost(self) -> list[FilePart]:
        """The files that the database names and the storage did not have, or had with other bytes."""
        return [each for each in self.files if each.found != each.sha256]

    def members(self) -> dict[str, str]:
        """Every member of the archive but the manifest itself, with its SHA-256."""
        named = {table_member(table.name): table.sha256 for table in self.tables}
        named |= {file_member(each.sha256): each.found for each in self.files if each.found is not None}
        return named | {secret_member(name): digest for name, digest in self.secrets.items()}


def table_member(name: str) -> str:
    """Where a table's rows lie; `ValueError` for a name that is none."""
    if not _TABLE.fullmatch(name):
        raise ValueError(f"{name!r} is no table's name")
    return f"tables/{name}.jsonl"


def file_member(sha256: str) -> str:
    """Where a stored file lies."""
    if not _DIGEST.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is no digest")
    return f"files/{sha256}"


def secret_member(name: str) -> str:
    """Where a key or another secret lies."""
    if not _SECRET.fullmatch(name):
        raise ValueError(f"{name!r} is no secret's name")
    return f"secrets/{name}"


class Writing:
    """An archive being written: it has its name only when it is whole, and only its owner may read it."""

    def __init__(self, target: Path) -> None:
        self.target = target
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        self._path = Path(name)
        self._file = os.fdopen(descriptor, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool = True) -> tuple[str, int]:
        """Stream a member in; its SHA-256 and size. `packed=False` for bytes that do not get smaller."""
        entry = zipfile.ZipInfo(name)
        entry.external_attr = OWNER_ONLY << 16
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        digest, size = hashlib.sha256(), 0
        with self._zip.open(entry, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        return digest.hexdigest(), size

    def finish(self, manifest: Any) -> None:
        """Write the manifest (a dataclass), bring everything to the disk, give the file its name."""
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
        self.add(MANIFEST, [text.encode()])
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.rename(self.target)
        folder = os.open(self.target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def __enter__(self) -> Writing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._zip, self._file):
            with contextlib.suppress(OSError, ValueError):
                file.close()
        self._path.unlink(missing_ok=True)


class Reading:
    """An archive opened to be read; raises `Unfit` with a sentence where it is none, or is damaged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _readable(path):
            self._zip = zipfile.ZipFile(path)
        try:
            self.manifest = self._manifest()
            self._wanted = self.manifest.members()  # once: it is looked into for each file
        except BaseException:
            self._zip.close()
            raise

    def _manifest(self) -> Manifest:
        names = self._zip.namelist()
        if MANIFEST not in names:
            raise Unfit(f"{self.path.name} is a zip file, but no backup: it has no manifest.")
        with _readable(self.path):
            if self._zip.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise ValueError("a manifest of that size is none")
            values = json.loads(self._zip.read(MANIFEST))
            if values.get("kind") != KIND:
                raise Unfit(f"{self.path.name} is a zip file, but no backup of this application.")
            if values.get("version") != VERSION:
                raise Unfit(
                    f"{self.path.name} has format {values.get('version')}; this version reads {VERSION}. "
                    "Restore it with the version of the application that wrote it."
                )
            manifest = _manifest_of(values)
            if sorted(names) != sorted([MANIFEST, *manifest.members()]):
                raise ValueError("the manifest names other members than the file has")
        return manifest

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member; raises `Unfit` at the end if they are not what the manifest says."""
        wanted, digest = self._wanted[name], hashlib.sha256()
        with _readable(self.path), self._zip.open(name) as member:
            while chunk := member.read(CHUNK):
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != wanted:
            raise Unfit(f"{self.path.name} is damaged: {name} is not what the manifest says.")

    def lines(self, name: str) -> Iterator[Any]:
        """The JSON values of a member, one a line; raises `Unfit` as `chunks` does."""
        rest = b""
        for chunk in self.chunks(name):
            *whole, rest = (rest + chunk).split(b"\n")
            with _readable(self.path):
                values = [json.loads(line.decode("utf-8", "surrogatepass")) for line in whole]
            yield from values

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def __enter__(self) -> Reading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Whatever a broken zip makes the readers say, the operator hears one sentence."""
    try:
        yield
    except Unfit:
        raise
    except (*UNREADABLE, OSError) as error:
        # A broken directory sends the reader to places that no file has; a broken disk gives nothing back.
        if isinstance(error, OSError) and error.errno not in (errno.EINVAL, errno.EIO):
            raise
        sentence = f"{path.name} is no whole backup: it is damaged, cut off, or another kind of file."
        raise Unfit(sentence) from error


def _manifest_of(values: dict[str, Any]) -> Manifest:
    tables = [TablePart(**each) for each in values["tables"]]
    for table in tables:
        if not all(map(_TABLE.fullmatch, table.columns)) or not {*table.key} <= table.columns.keys():
            raise ValueError(f"{table.name} has columns that are none")
    return Manifest(
        **{
            **values,
            "tables": tables,
            "files": [FilePart(**each) for each in values["files"]],
            "heads": {chain: (seq, digest) for chain, (seq, digest) in values["heads"].items()},
        }
    )
