"""What a file really is, by its content: only types that people read in proposals, and no disguise.

Archives are never unpacked: of a ZIP only the list of names is read, and only where that list is small.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

import puremagic

from challenge.files.names import extension_of
from challenge.rules.errors import Invalid

HEAD = 64 * 1024
MOST_ENTRIES = 20_000
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

# extension -> (what the content must be, media type)
ALLOWED: Mapping[str, tuple[str, str]] = {
    "pdf": ("PDF", "application/pdf"),
    "docx": ("DOCX", f"{_OFFICE}wordprocessingml.document"),
    "xlsx": ("XLSX", f"{_OFFICE}spreadsheetml.sheet"),
    "pptx": ("PPTX", f"{_OFFICE}presentationml.presentation"),
    "odt": ("ODT", f"{_ODF}text"),
    "ods": ("ODS", f"{_ODF}spreadsheet"),
    "odp": ("ODP", f"{_ODF}presentation"),
    "png": ("PNG", "image/png"),
    "jpg": ("JPEG", "image/jpeg"),
    "jpeg": ("JPEG", "image/jpeg"),
    "zip": ("ZIP", "application/zip"),
    "txt": ("TEXT", "text/plain"),
    "csv": ("TEXT", "text/csv"),
    "md": ("TEXT", "text/markdown"),
}
ACCEPT = ",".join(f".{extension}" for extension in ALLOWED)  # for a file input

# (where, bytes, what it is): what is allowed, and what most often pretends to be
_SIGNATURES = (
    (0, b"%PDF-", "PDF"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"MZ", "EXE"),
    (0, b"\x7fELF", "ELF"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE (DOC, XLS, PPT)"),
    (0, b"Rar!\x1a\x07", "RAR"),
    (0, b"7z\xbc\xaf\x27\x1c", "7Z"),
    (0, b"\x1f\x8b", "GZIP"),
    (257, b"ustar", "TAR"),
)
_PAGES = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?php", b"#!")
_ODF_MARK = b"mimetypeapplication/vnd.oasis.opendocument."
_TEXT_CONTROLS = frozenset(range(32)) - set(b"\t\n\r\f\x1a\x1b")


@dataclass(frozen=True, slots=True)
class Type:
    """An accepted type."""

    name: str
    media_type: str


def check(name: str, file: BinaryIO) -> Type:
    """The type of a file whose name and content agree and which the list allows.

    Raises `Invalid("files", ...)`: `file_type_not_allowed` by its name alone, `file_type_differs` when the
    content is something else (`real` says what), `file_damaged` when it is a broken one of its kind.
    """
    allowed = ALLOWED.get(extension_of(name))
    if allowed is None:
        raise Invalid("files", "file_type_not_allowed", name=name)
    expected, media_type = allowed
    real = kind_of(file)
    if real == expected or (expected == "ZIP" and real in _CONTAINERS):
        return Type(expected, media_type)
    if real == "" or (real == "ZIP (damaged)" and expected in _CONTAINERS):
        raise Invalid("files", "file_damaged", name=name, expected=expected)
    raise Invalid("files", "file_type_differs", name=name, real=real)


_CONTAINERS = frozenset({"DOCX", "XLSX", "PPTX", "ODT", "ODS", "ODP", "ZIP"})


def kind_of(file: BinaryIO) -> str:
    """What the content is, in a word that all languages share; empty where nobody can tell."""
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _container(file, head)
    for place, mark, kind in _SIGNATURES:
        if head.startswith(mark, place) and not (mark == b"MZ" and is_text(head)):
            return kind
    if is_text(head):
        start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
        if start.startswith(_PAGES) or b"<svg" in head[:2048].lower():
            return "HTML / SVG / script"
        return "TEXT"
    return _known_elsewhere(head)


def is_text(head: bytes) -> bool:
    """Whether the bytes are text in UTF-8, UTF-16 with its mark, or GB 18030."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decodes(head[: len(head) // 2 * 2], "utf-16")
    if _TEXT_CONTROLS & set(head):
        return False
    return _decodes(head, "utf-8") or _decodes(head, "gb18030")


def _decodes(head: bytes, encoding: str) -> bool:
    # The last character may be cut by the end of the head.
    for cut in range(4):
        try:
            text = head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return "\x00" not in text
    return False


def _container(file: BinaryIO, head: bytes) -> str:
    """Which of the ZIP family: by the first entry (ODF) or the list of names (Office)."""
    names = _entry_names(file)
    if names is None:
        return "ZIP (damaged)"
    if head[30:].startswith(_ODF_MARK):
        rest = head[30 + len(_ODF_MARK) :]
        for mark, kind in ((b"text", "ODT"), (b"spreadsheet", "ODS"), (b"presentation", "ODP")):
            if rest.startswith(mark) and not rest.startswith(mark + b"-"):
                return kind
    if "[Content_Types].xml" in names:
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            return "Office + VBA"
        for part, kind in (("word/", "DOCX"), ("xl/", "XLSX"), ("ppt/", "PPTX")):
            if any(name.startswith(part) for name in names):
                return kind
    return "ZIP"


def _entry_names(file: BinaryIO) -> frozenset[str] | None:
    """The names in a ZIP; none read where there are very many; None where the file is broken."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < 22:
        return None
    if int.from_bytes(tail[place + 10 : place + 12], "little") > MOST_ENTRIES:
        return frozenset()
    listing = int.from_bytes(tail[place + 12 : place + 16], "little")
    if listing > 8 * 1024 * 1024:
        return frozenset()
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
        return None


def _known_elsewhere(head: bytes) -> str:
    """The media type of what the allow-list does not know, from a library of signatures."""
    try:
        found = puremagic.magic_string(head[:8192])
    except (puremagic.PureError, ValueError):
        return ""
    sure = [match for match in found if match.offset == 0 and match.confidence >= 0.3]
    return next((match.mime_type for match in sure if match.mime_type), "")
