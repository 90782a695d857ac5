"""The file of one round: a zip of tables as JSON Lines and files by digest; its manifest names every member.

A stranger may hand it in. Nothing in it is believed: sizes are asked of the directory before a byte is
unpacked, names must be those that the manifest makes, lines and members are read no further than announced.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from challenge.exchange.archives import CHUNK, MANIFEST, UNREADABLE, file_member, table_member
from challenge.exchange.round_tables import OF_THE_PLACE
from challenge.rules.errors import Invalid

KIND = "challenge-round"
VERSION = 1
EVIDENCE = "evidence/audit.jsonl"
LONGEST_LINE = 32 * 1024 * 1024
LARGEST_MANIFEST = 64 * 1024 * 1024
LARGEST = 1024**4  # bytes unpacked of the whole archive
MOST_MEMBERS = 500_000
DENSEST = 300  # how many times larger a table may become than it is packed; text gets 5 to 30 times larger
SMALL = 1024 * 1024  # below that nobody asks


class Unreadable(Invalid):
    """The archive is none, is damaged, or does not fit this installation; `params` say what of it."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__("archive", code, **params)


@dataclass(frozen=True, slots=True)
class Part:
    """A member: how many rows (0 for a file), how many bytes, their digest; of a table its columns."""

    rows: int
    size: int
    sha256: str
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoundManifest:
    """What is in an archive of a round. `digest` is that of its logical content, wherever it was made."""

    made_at: str
    installation: str
    revision: str
    round: Mapping[str, Any]
    tables: Mapping[str, Part]
    files: Mapping[str, Part]
    media: Mapping[str, str]
    evidence: Part
    chain: Mapping[str, Any]
    digest: str
    missing: tuple[str, ...] = ()  # files that the storage could not give
    left: Mapping[str, int] = field(default_factory=dict)  # what stayed behind, and how often
    kind: str = KIND
    version: int = VERSION

    def members(self) -> dict[str, Part]:
        """Every member but the manifest itself."""
        return {
            **{table_member(name): part for name, part in self.tables.items()},
            **{file_member(sha256): part for sha256, part in self.files.items()},
            EVIDENCE: self.evidence,
        }


class Content:
    """The digest of what a round is, while its rows go by: no number of a row and no place is in it."""

    def __init__(self) -> None:
        self._tables: dict[str, Any] = {}

    def add(self, table: str, row: Mapping[str, Any], only: tuple[str, ...] = ()) -> None:
        """One row of a table in its order; of `only` these columns where any are named."""
        said = {
            name: value
            for name, value in row.items()
            if (table, name) not in OF_THE_PLACE and (not only or name in only)
        }
        self._tables.setdefault(table, hashlib.sha256()).update(line_of(said))

    def digest(self, files: list[str]) -> str:
        """SHA-256 over all of them, and over the names of the files."""
        told = {name: each.hexdigest() for name, each in self._tables.items()}
        text = json.dumps({"tables": told, "files": sorted(files)}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def line_of(row: Mapping[str, Any]) -> bytes:
    """A row as its line: the same row is the same bytes."""
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"


class Opened:
    """An archive that is read; raises `Unreadable` wherever it is not what it says."""

    def __init__(self, path: Path) -> None:
        with _readable():
            self._zip = zipfile.ZipFile(path)
        try:
            self.manifest = self._manifest()
            self._parts = self.manifest.members()
            self._ask_the_directory()
        except BaseException:
            self._zip.close()
            raise

    def _manifest(self) -> RoundManifest:
        with _readable():
            if MANIFEST not in self._zip.namelist():
                raise Unreadable("no_round_archive")
            if self._zip.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise Unreadable("archive_too_large")
            values = json.loads(self._zip.read(MANIFEST))
            if not isinstance(values, dict) or values.get("kind") != KIND:
                raise Unreadable("no_round_archive")
            if values.get("version") != VERSION:
                raise Unreadable("archive_version", version=str(values.get("version"))[:20], known=VERSION)
            return _manifest_of(values)

    def _ask_the_directory(self) -> None:
        """Before a byte is unpacked: the members that were announced, each as large as it was announced."""
        entries = self._zip.infolist()
        if len(entries) > MOST_MEMBERS or sum(each.file_size for each in entries) > LARGEST:
            raise Unreadable("archive_too_large")
        if sorted(each.filename for each in entries) != sorted([MANIFEST, *self._parts]):
            raise Unreadable("archive_members")
        for entry in entries:
            if entry.filename == MANIFEST:
                continue
            if entry.file_size != self._parts[entry.filename].size:
                raise Unreadable("archive_altered", member=entry.filename)
            if entry.file_size > SMALL and entry.file_size > DENSEST * max(entry.compress_size, 1):
                raise Unreadable("archive_too_large")

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member; raises at their end if they are not what the manifest says."""
        part, digest, size = self._parts[name], hashlib.sha256(), 0
        with _readable(), self._zip.open(name) as member:
            while chunk := member.read(CHUNK):
                size += len(chunk)
                if size > part.size:
                    raise Unreadable("archive_altered", member=name)
                digest.update(chunk)
                yield chunk
        if size != part.size or digest.hexdigest() != part.sha256:
            raise Unreadable("archive_altered", member=name)

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a member, as many as were announced."""
        rest, count = b"", 0
        for chunk in self.chunks(name):
            *whole, rest = (rest + chunk).split(b"\n")
            if len(rest) > LONGEST_LINE:
                raise Unreadable("archive_too_large")
            for line in whole:
                count += 1
                with _readable():
                    row = json.loads(line.decode("utf-8", "surrogatepass"))
                if not isinstance(row, dict):
                    raise Unreadable("archive_row", member=name, row=count)
                yield row
        if rest or count != self._parts[name].rows:
            raise Unreadable("archive_altered", member=name)

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table, each with exactly the columns that were announced."""
        names = self.manifest.tables[table].columns.keys()
        for count, row in enumerate(self.lines(table_member(table)), start=1):
            if row.keys() != names:
                raise Unreadable("archive_row", member=table_member(table), row=count)
            yield row

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_what: object) -> None:
        self._zip.close()


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """Whatever a broken zip makes the readers say, it is one refusal."""
    try:
        yield
    except Unreadable:
        raise
    except (*UNREADABLE, OSError, RecursionError, MemoryError) as error:
        raise Unreadable("archive_broken") from error


def _manifest_of(values: dict[str, Any]) -> RoundManifest:
    tables = {name: _part(each) for name, each in values["tables"].items()}
    files = {sha256: _part(each) for sha256, each in values["files"].items()}
    for name in ("made_at", "installation", "revision", "digest"):
        if not isinstance(values[name], str):
            raise TypeError(name)
    found = RoundManifest(
        **{
            **values,
            "tables": tables,
            "files": files,
            "evidence": _part(values["evidence"]),
            "missing": tuple(values["missing"]),
        }
    )
    if any(part.sha256 != sha256 for sha256, part in files.items()) or not found.media.keys() <= {
        *files,
        *found.missing,
    }:
        raise ValueError("a file under another name than its own")
    found.members()  # names that are none say so here
    return found


def _part(values: dict[str, Any]) -> Part:
    part = Part(**values)
    if not all(isinstance(values[name], int) and values[name] >= 0 for name in ("rows", "size")):
        raise TypeError("a size that is none")
    return part
