"""Workbooks of one sheet that are made while they are sent: rows go out as they come, none is kept.

Every text is an inline string, so nothing that somebody typed can be a formula; what a program might take for
one if it were copied on is marked as quoted besides. The library of engines.workbooks keeps rows in a file
until the end and lives in a child process; a list of any length is to begin at once.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from decimal import Decimal
from zipfile import ZIP_DEFLATED

from challenge.base.csvs import risky

MOST_ROWS = 1_048_576  # what a sheet holds, by its format
LONGEST = 32_767  # characters of a cell, by its format
PIECE = 64 * 1024
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    # 0 plain, 1 quoted, 2 head
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/>'
        '<xf xfId="0" quotePrefix="1"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}


def stream(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Generator[bytes]:
    """The bytes of the workbook. Numbers are numbers, everything else is text; None is an empty cell."""
    from zipstream import ZipStream

    archive = ZipStream(compress_type=ZIP_DEFLATED, compress_level=1)
    for name, text in _PARTS.items():
        archive.add((_HEAD + text).encode(), name)
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{_text(_title(title))}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    archive.add((_HEAD + book).encode(), "xl/workbook.xml")
    yield from archive.all_files()
    archive.add(_sheet(head, rows), "xl/worksheets/sheet1.xml")
    yield from archive.all_files()
    yield from archive.finalize()


def _sheet(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    opening = (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        "<sheetData>"
    )
    piece = [_HEAD, opening, "<row>", *(_cell(each, 2) for each in head), "</row>"]
    size = len(opening)
    for number, row in enumerate(rows, start=2):
        if number > MOST_ROWS:
            break
        line = f"<row>{''.join(map(_cell, row))}</row>"
        piece.append(line)
        size += len(line)
        if size > PIECE:
            yield "".join(piece).encode("utf-8", "replace")
            piece, size = [], 0
    yield "".join([*piece, "</sheetData></worksheet>"]).encode("utf-8", "replace")


def _cell(value: object, style: int = 0) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"<c><v>{value}</v></c>"
    text = str(value)
    style = style or (1 if risky(text) else 0)
    mark = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{mark}><is><t xml:space="preserve">{_text(text)}</t></is></c>'


def _text(text: str) -> str:
    plain = _NOT_XML.sub("", text[:LONGEST])
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _title(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", text).strip()[:31] or "List"
