"""A zip that is made while it is sent: nothing of it lies on a disk, and no more than a piece in memory."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED

from challenge.files.names import display_name
from challenge.rules.errors import NotFound

CONTENTS = "contents.json"
# What some system's folders cannot hold; our own names have none of it.
_UNFIT = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the zip; its bytes are asked for when its turn comes. `packed` where they get smaller."""

    name: str
    chunks: Iterable[bytes]
    packed: bool = True


def stream(
    members: Iterable[Member], seal: Callable[[Sequence[dict[str, Any]]], Any] | None = None
) -> Generator[bytes]:
    """The bytes of the zip. The last file, contents.json, names every other with its size and SHA-256.

    A file that the storage has lost is named there as missing, and the rest follows. `seal` says what the
    last file holds instead of the plain list: the same, signed.
    """
    from zipstream import ZipStream

    archive, contents = ZipStream(), []
    for member in members:
        entry = _Counted(member)
        archive.add(entry.chunks(), member.name, compress_type=ZIP_DEFLATED if member.packed else ZIP_STORED)
        yield from archive.all_files()
        contents.append(entry.told())
    last = seal(contents) if seal is not None else {"kind": "challenge-contents/1", "files": contents}
    archive.add(as_json(last), CONTENTS)
    yield from archive.all_files()
    yield from archive.finalize()


class _Counted:
    """A member as it goes by."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._hash = hashlib.sha256()
        self._size = 0
        self._missing = False

    def chunks(self) -> Iterator[bytes]:
        try:
            for chunk in self._member.chunks:
                self._hash.update(chunk)
                self._size += len(chunk)
                yield chunk
        except NotFound:
            self._missing = True

    def told(self) -> dict[str, Any]:
        found = {"name": self._member.name, "size": self._size, "sha256": self._hash.hexdigest()}
        return {"name": self._member.name, "missing": True} if self._missing else found


def as_json(value: Any) -> bytes:
    """A document for people and programs: indented, UTF-8, times in ISO 8601, decimals as text."""
    return (json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n").encode(
        "utf-8", "backslashreplace"
    )


def as_lines(values: Iterable[Any]) -> Iterator[bytes]:
    """One JSON value a line."""
    for value in values:
        yield (json.dumps(value, ensure_ascii=False, default=_plain) + "\n").encode(
            "utf-8", "backslashreplace"
        )


def file_name(place: int, name: str) -> str:
    """A name that every system can hold, the only one in its folder: its place, then as it was called."""
    plain = _UNFIT.sub("_", display_name(name)).rstrip(". ") or "file"
    return f"{place:02}-{'_' if _RESERVED.match(plain) else ''}{plain}"


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an export")
