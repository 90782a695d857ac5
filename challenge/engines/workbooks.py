"""Workbooks: written by XlsxWriter as text alone, read by openpyxl as text alone, each in a child process.

A workbook that comes in is an archive that a stranger filled: how many parts it has and how large they become
unpacked is asked of its directory first (`zipfile` gives no more of a part than its directory says), and the
child's memory and time are limited whatever that says.
"""

from __future__ import annotations

import io
import json
import subprocess  # nosec B404 - for what it raises
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from challenge.engines import children
from challenge.rules.workbooks import Limits, Sheet

MODULE = "challenge.engines.workbooks"
SECONDS = 60  # less than a task's lease
MOST_PARTS = 200
# What a program may take for a formula if the text is copied on.
RISKY = ("=", "+", "-", "@", "\t", "\r")
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "key": {"font_color": "#98a2ac", "font_size": 8},
    "fixed": {"bg_color": "#f5f7f9"},
    "entry": {"border": 1, "border_color": "#98a2ac"},
    "bold": {"bold": True},
    "mark": {"align": "center"},
    "text": {"text_wrap": True, "valign": "top"},
}
SEEN_EMPTY = frozenset({"fixed", "entry"})


class WorkbookFault(RuntimeError):
    """The workbook could not be written; the message says what the engine said."""


def write(sheet: Sheet, *, seconds: float = SECONDS) -> bytes:
    """The workbook. Raises `WorkbookFault`."""
    try:
        done = children.run(MODULE, "write", sent=json.dumps(asdict(sheet)).encode(), seconds=seconds)
    except subprocess.TimeoutExpired:
        raise WorkbookFault(f"not done within {seconds:g} s") from None
    if done.returncode:
        raise WorkbookFault(done.stderr.decode(errors="replace")[-1000:] or f"ended with {done.returncode}")
    return done.stdout


def read(workbook: bytes, limits: Limits, *, seconds: float = SECONDS) -> list[list[str]] | str:
    """The first sheet as rows of texts, as far as any is written; or why there are none.

    Reasons: not_a_workbook, book_too_large, book_too_slow.
    """
    try:
        done = children.run(MODULE, "read", json.dumps(asdict(limits)), sent=workbook, seconds=seconds)
    except subprocess.TimeoutExpired:
        return "book_too_slow"
    if done.returncode:  # what the libraries say of a broken archive has many names
        return "not_a_workbook"
    found: list[list[str]] | str = json.loads(done.stdout)
    return found


def _write(sheet: Sheet) -> bytes:
    import xlsxwriter

    made = io.BytesIO()
    # What looks like a formula, a number or an address is text here, whoever wrote it.
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, {"in_memory": True, **plain}) as book:
        page = book.add_worksheet(sheet.title[:31])
        looks = {
            (name, risky): book.add_format({"valign": "vcenter", **look, "quote_prefix": risky})
            for name, look in LOOKS.items()
            for risky in (False, True)
        }

        def put(row: int, column: int, text: str, look: str) -> None:
            if text:
                page.write_string(row, column, text, looks[look, text.startswith(RISKY)])
            elif look in SEEN_EMPTY:
                page.write_blank(row, column, None, looks[look, False])

        heads = [(look, look, cells) for look, cells in sheet.heads]
        for number, (left, right, cells) in enumerate([*heads, *((*sheet.looks, row) for row in sheet.rows)]):
            for column, text in enumerate(cells):
                put(number, column, text, left if column < sheet.fixed else right)
        for column, note in enumerate(sheet.notes):
            if note:
                page.write_comment(0, column, note)
        page.freeze_panes(len(heads), sheet.fixed)
        for column, width in enumerate(sheet.widths):
            page.set_column(column, max(column, len(sheet.heads[0][1]) - 1), width)
    return made.getvalue()


def _read(workbook: bytes, limits: Limits) -> list[list[str]] | str:
    """What it cannot read ends the child."""
    import openpyxl

    source = io.BytesIO(workbook)
    with zipfile.ZipFile(source) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > limits.unpacked:
            return "book_too_large"
        if archive.testzip() is not None:  # every part whole, also those that nobody reads
            return "not_a_workbook"
    book = openpyxl.load_workbook(source, read_only=True, data_only=not limits.formulas, keep_links=False)
    rows: list[list[str]] = []
    beyond = limits.columns + 1 if limits.trailing else None
    for row in book.worksheets[0].iter_rows(max_col=beyond, values_only=True):
        if not limits.trailing and len(row) > limits.columns:
            return "book_too_large"
        cells = [_text(value, limits.letters) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(rows) >= limits.rows or len(cells) > limits.columns:
            return "book_too_large"
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _text(value: object, letters: int) -> str:
    """A cell as text: 1.0 is 1, as it looks in the sheet, and a figure has the digits that it shows."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return str(value).strip()[:letters]


def _child(verb: str, limits: str = "{}") -> None:
    """In the child: what to do by its name, bytes from stdin, bytes to stdout."""
    from challenge.engines.child import limit

    limit()
    data = sys.stdin.buffer.read()
    if verb == "write":
        sys.stdout.buffer.write(_write(Sheet(**json.loads(data))))
        return
    found: list[list[str]] | str
    try:
        found = _read(data, Limits(**json.loads(limits)))
    except MemoryError:
        found = "book_too_large"
    sys.stdout.buffer.write(json.dumps(found).encode())


if __name__ == "__main__":
    _child(*sys.argv[1:])
