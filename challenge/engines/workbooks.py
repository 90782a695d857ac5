"""Workbooks: written by XlsxWriter as text alone, read by openpyxl as text alone, each in a child process.

A workbook that comes in is an archive that a stranger filled: how many parts it has and how large they become
unpacked is asked of its directory first (`zipfile` gives no more of a part than its directory says), and the
child's memory and time are limited whatever that says.
"""

from __future__ import annotations

import io
import json
import re
import subprocess  # nosec B404 - for what it raises
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from challenge.engines import children
from challenge.rules.workbooks import Limits, Page, Sheet, cell

MODULE = "challenge.engines.workbooks"
SECONDS = 60  # less than a task's lease
MOST_PARTS = 200
MOST_SHEETS, MOST_MERGED = 250, 2_000
LISTED_ROWS = 1_000  # so far down a list is offered
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
# What a program may take for a formula if the text is copied on.
RISKY = ("=", "+", "-", "@", "\t", "\r")
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "key": {"font_color": "#98a2ac", "font_size": 8},
    "fixed": {"bg_color": "#f5f7f9"},
    "entry": {"border": 1, "border_color": "#98a2ac"},
    "text": {"border": 1, "border_color": "#98a2ac", "text_wrap": True, "valign": "top"},
    "bold": {"bold": True},
    "mark": {"align": "center"},
    "prose": {"text_wrap": True, "valign": "top"},
}
SEEN_EMPTY = frozenset({"fixed", "entry", "text"})


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
    found: list[list[str]] | str = _asked("read", workbook, limits, seconds)
    return found


def read_pages(workbook: bytes, limits: Limits, *, seconds: float = SECONDS) -> list[Page] | str:
    """Every sheet with its merged cells, in their order; or why there are none, as `read` says it.

    Empty rows behind the last written one do not count, however many there are. A percentage is read with
    its sign, as it looks in the sheet.
    """
    found = _asked("pages", workbook, limits, seconds)
    if isinstance(found, str):
        return found
    return [Page(title, rows, [(a, b, c, d) for a, b, c, d in merged]) for title, rows, merged in found]


def _asked(verb: str, workbook: bytes, limits: Limits, seconds: float) -> Any:
    try:
        done = children.run(MODULE, verb, json.dumps(asdict(limits)), sent=workbook, seconds=seconds)
    except subprocess.TimeoutExpired:
        return "book_too_slow"
    if done.returncode:  # what the libraries say of a broken archive has many names
        return "not_a_workbook"
    return json.loads(done.stdout)


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
        _choices(book, page, sheet)
        page.freeze_panes(len(heads), sheet.fixed)
        for column, width in enumerate(sheet.widths):
            page.set_column(column, max(column, len(sheet.heads[0][1]) - 1), width)
    return made.getvalue()


def _choices(book: Any, page: Any, sheet: Sheet) -> None:
    """What may be chosen, on a sheet behind: a list inside a cell's rule may have 255 letters at most."""
    if not sheet.lists:
        return
    behind = book.add_worksheet(sheet.list_title[:31])
    for place, (column, first, texts) in enumerate(sheet.lists):
        for row, text in enumerate(texts):
            behind.write_string(row, place, text)
        behind.set_column(place, place, 30)
        letters = cell(place, 0)[:-1]
        source = f"='{sheet.list_title[:31]}'!${letters}$1:${letters}${len(texts)}"
        # A warning, no wall: several ways of cooperation, and a code instead of a name, are right too.
        rule = {"validate": "list", "source": source, "error_type": "information"}
        page.data_validation(first, column, first + LISTED_ROWS, column, rule)


def _read_pages(workbook: bytes, limits: Limits) -> list[tuple[str, list[list[str]], list[Any]]] | str:
    """What it cannot read ends the child."""
    opened = _opened(workbook, limits)
    if isinstance(opened, str):
        return opened
    pages = []
    for sheet in opened.worksheets[:MOST_SHEETS]:
        rows = _rows(sheet, limits)
        if isinstance(rows, str):
            return rows
        pages.append((sheet.title, rows, _merged(workbook, sheet)))
    return pages


def _rows(sheet: Any, limits: Limits) -> list[list[str]] | str:
    rows: list[list[str]] = []
    blank = 0
    for row in sheet.iter_rows(max_col=limits.columns + 1):
        cells = [_seen(each, limits.letters) for each in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            blank += 1
            continue
        if len(rows) + blank >= limits.rows or len(cells) > limits.columns:
            return "book_too_large"
        rows += [[] for _ in range(blank)]
        rows.append(cells)
        blank = 0
    return rows


def _seen(each: Any, letters: int) -> str:
    """A cell as it looks: 0.992 that is shown as 99.2% is 99.2%."""
    value = each.value
    if value is None:
        return ""
    if isinstance(value, float | int) and not isinstance(value, bool) and "%" in (each.number_format or ""):
        return f"{(Decimal(str(value)) * 100).normalize():f}%"
    return _text(value, letters)


def _merged(workbook: bytes, sheet: Any) -> list[tuple[int, int, int, int]]:
    """Read from the sheet's own part: a sheet that is read row by row does not know them."""
    from openpyxl.utils.cell import range_boundaries

    with zipfile.ZipFile(io.BytesIO(workbook)) as archive, archive.open(sheet._worksheet_path) as part:  # noqa: SLF001
        tail = b""
        found: list[bytes] = []
        while chunk := part.read(1 << 20):
            found += _MERGED.findall(tail + chunk)
            tail = chunk[-60:]
    bounds = [range_boundaries(ref.decode()) for ref in dict.fromkeys(found)][:MOST_MERGED]
    return [(top - 1, left - 1, bottom - 1, right - 1) for left, top, right, bottom in bounds]


def _opened(workbook: bytes, limits: Limits) -> Any:
    import openpyxl

    source = io.BytesIO(workbook)
    with zipfile.ZipFile(source) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > limits.unpacked:
            return "book_too_large"
        if archive.testzip() is not None:  # every part whole, also those that nobody reads
            return "not_a_workbook"
    return openpyxl.load_workbook(source, read_only=True, data_only=not limits.formulas, keep_links=False)


def _read(workbook: bytes, limits: Limits) -> list[list[str]] | str:
    """What it cannot read ends the child."""
    book = _opened(workbook, limits)
    if isinstance(book, str):
        return book
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
    reader = {"read": _read, "pages": _read_pages}[verb]
    found: object
    try:
        found = reader(data, Limits(**json.loads(limits)))
    except MemoryError:
        found = "book_too_large"
    sys.stdout.buffer.write(json.dumps(found).encode())


if __name__ == "__main__":
    _child(*sys.argv[1:])
