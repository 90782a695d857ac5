"""Workbooks of paper scores: written by XlsxWriter, read by openpyxl, each in a child that is killed if slow.

What is written is text or nothing, never a formula. What is read is looked at before it is unpacked: so many
bytes, so many parts, so much of them unpacked, and no more rows than a phase can have.
"""

from __future__ import annotations

import io
import json
import lzma
import subprocess  # nosec B404 - only our own module, no shell
import sys
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from challenge.engines import children
from challenge.rules.paper_scores import MOST_COLUMNS, MOST_ROWS

SECONDS = 60  # less than a task's lease
MOST_PARTS = 200
MOST_UNPACKED = 24 * 1024 * 1024
CHUNK = 256 * 1024
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(NotImplementedError, RuntimeError, OSError, EOFError, ValueError),
)
# What a program may take for a formula if the text is copied on.
RISKY = ("=", "+", "-", "@", "\t", "\r")


class BookFault(RuntimeError):
    """The workbook could not be written; the message says what the engine said."""


def write(table: Mapping[str, Any], *, seconds: float = SECONDS) -> bytes:
    """The workbook of `title`, `head`, `keys`, `rows` (all texts), `notes` (a text under each heading).

    Raises `BookFault`.
    """
    done = _run("write", json.dumps(dict(table)).encode(), seconds)
    if done is None or not done.startswith(b"PK"):
        raise BookFault("the workbook was not written")
    return done


def read(data: bytes, *, seconds: float = SECONDS) -> tuple[list[list[str | None]], str | None]:
    """The first sheet's cells as texts, figures plain, formulas by their `=`; or none and why not.

    Reasons: not_a_workbook, book_too_large, book_too_slow. Never raises for what a stranger sent.
    """
    reason = _unfit(data)
    if reason is not None:
        return [], reason
    done = _run("read", data, seconds)
    if done is None:
        return [], "book_too_slow"
    try:
        said = json.loads(done)
    except ValueError:
        return [], "not_a_workbook"
    return said["rows"], said["reason"]


def _run(verb: str, data: bytes, seconds: float) -> bytes | None:
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 - our own module
            children.command("challenge.engines.score_books", verb),
            cwd=children.ROOT,
            env=children.surroundings(),
            input=data,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout


def _unfit(data: bytes) -> str | None:
    """Before a library sees it: a zip of few parts that unpack to no more than is allowed, counted."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                return "book_too_large"
            left = MOST_UNPACKED
            for part in parts:
                with archive.open(part) as opened:
                    while chunk := opened.read(CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            return "book_too_large"
    except DAMAGED:
        return "not_a_workbook"
    return None


def _formats(book: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """How cells look, and the same for texts that a program might take for a formula."""
    looks: dict[str, dict[str, Any]] = {
        "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
        "key": {"font_color": "#98a2ac", "font_size": 8},
        "fixed": {"bg_color": "#f5f7f9"},
        "entry": {"border": 1, "border_color": "#98a2ac"},
    }
    plain = {name: book.add_format({"valign": "vcenter", **look}) for name, look in looks.items()}
    risky = {
        name: book.add_format({"valign": "vcenter", **look, "quote_prefix": True})
        for name, look in looks.items()
    }
    return plain, risky


def _write(table: Mapping[str, Any]) -> bytes:
    import xlsxwriter

    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(made, {**options, "strings_to_numbers": False})
    sheet = book.add_worksheet(table["title"])
    formats, risky = _formats(book)

    def put(row: int, column: int, text: str, look: str) -> None:
        chosen = risky if text.startswith(RISKY) else formats
        if text:
            sheet.write_string(row, column, text, chosen[look])
        else:
            sheet.write_blank(row, column, None, formats[look])

    for column, (head, key, note) in enumerate(
        zip(table["head"], table["keys"], table["notes"], strict=True)
    ):
        put(0, column, head, "head")
        put(1, column, key, "key")
        if note:
            sheet.write_comment(0, column, note)
    for number, cells in enumerate(table["rows"], start=2):
        for column, text in enumerate(cells):
            put(number, column, text, "fixed" if column < table["fixed"] else "entry")
    sheet.freeze_panes(2, table["fixed"])
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, len(table["head"]) - 1, 16)
    book.close()
    return made.getvalue()


def _read(data: bytes) -> dict[str, Any]:
    """What it cannot read ends the child, which says as much."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    rows: list[list[str | None]] = []
    for row in book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True):
        if len(rows) >= MOST_ROWS:
            return {"rows": [], "reason": "book_too_large"}
        cells = [_text(value) for value in row]
        while cells and cells[-1] is None:
            cells.pop()
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    return {"rows": rows, "reason": None}


def _text(value: object) -> str | None:
    """A cell as text: a whole number without its point, a figure with the digits that it shows."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = str(value)
    return text[:500] or None


def _child(verb: str) -> None:
    """In the child: what to do by its name, bytes from stdin, bytes to stdout."""
    from challenge.engines.child import limit

    limit()
    data = sys.stdin.buffer.read()
    if verb == "write":
        sys.stdout.buffer.write(_write(json.loads(data)))
    else:
        sys.stdout.buffer.write(json.dumps(_read(data)).encode())


if __name__ == "__main__":
    _child(sys.argv[1])
