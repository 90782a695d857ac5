"""The assignment as a workbook: written as text alone, read as text alone, both in a child process.

A workbook is an archive that strangers fill in: how large it may become unpacked is asked of its directory
first, and the child's memory and time are limited whatever that says.
"""

from __future__ import annotations

import io
import json
import subprocess  # nosec B404 - only our own module, no shell
import sys
import zipfile
from collections.abc import Callable, Mapping
from typing import IO, Any

from challenge.engines import children

SECONDS = 60
MOST_UNPACKED = 64 * 1024 * 1024
MOST_PARTS = 200
MOST_COLUMNS = 2_000
MOST_ROWS = 12_000
LONGEST = 80  # letters of a cell


class SheetFault(RuntimeError):
    """The workbook cannot be written or read; the message is a code that the page has words for."""


def write(asked: Mapping[str, Any], *, seconds: float = SECONDS) -> bytes:
    """A workbook of one sheet: `title`, and `rows` of texts, the first of which is the head."""
    return _asked("write", json.dumps(asked).encode(), seconds)


def read(workbook: bytes, *, seconds: float = SECONDS) -> list[list[str]]:
    """The first sheet as rows of texts; raises SheetFault."""
    rows: list[list[str]] = json.loads(_asked("read", workbook, seconds))
    return rows


def _asked(what: str, sent: bytes, seconds: float) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 - our own module
            children.command("challenge.engines.assignment_sheets", what),
            cwd=children.ROOT,
            env=children.surroundings(),
            input=sent,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SheetFault("workbook_too_slow") from None
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    raise SheetFault(said.removeprefix("fault: ") if said.startswith("fault: ") else "workbook_unreadable")


def _write(asked: Mapping[str, Any]) -> bytes:
    import xlsxwriter

    made = io.BytesIO()
    # What looks like a formula, a number or an address is text here, whoever wrote it.
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, {"in_memory": True, **plain}) as book:
        sheet = book.add_worksheet(asked["title"][:31])
        bold, middle = book.add_format({"bold": True}), book.add_format({"align": "center"})
        for number, row in enumerate(asked["rows"]):
            for column, text in enumerate(row):
                if text:
                    sheet.write_string(number, column, text, bold if not number or not column else middle)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 14)
    return made.getvalue()


def _read(workbook: IO[bytes]) -> list[list[str]]:
    import openpyxl

    with zipfile.ZipFile(workbook) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise SheetFault("workbook_too_large")
    book = openpyxl.load_workbook(workbook, read_only=True, data_only=True, keep_links=False)
    rows: list[list[str]] = []
    for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True)):
        if number >= MOST_ROWS or len(row) > MOST_COLUMNS:
            raise SheetFault("workbook_too_large")
        rows.append([_text(value) for value in row])
    return rows


def _text(value: object) -> str:
    """A cell as text: 1.0 is 1, as it looks in the sheet."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()[:LONGEST]


_DOES: Mapping[str, Callable[[bytes], bytes]] = {
    "write": lambda sent: _write(json.loads(sent)),
    "read": lambda sent: json.dumps(_read(io.BytesIO(sent))).encode(),
}


def _child(what: str) -> None:
    from challenge.engines.child import limit

    limit()
    sent = sys.stdin.buffer.read()
    try:
        answer = _DOES[what](sent)
    except SheetFault as fault:
        sys.stderr.write(f"fault: {fault}\n")
        raise SystemExit(1) from None
    except MemoryError:
        sys.stderr.write("fault: workbook_too_large\n")
        raise SystemExit(1) from None
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    _child(sys.argv[1])
