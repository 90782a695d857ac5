"""Workbooks of requirements as people fill them, for tests."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl

from challenge.engines import workbooks
from challenge.flow import need_books
from challenge.rules.need_sheets import LIMITS
from challenge.rules.workbooks import Page

ROW = {
    "title_zh": "弱光产线表面瑕疵视觉检测",
    "problem_zh": "产线夜间照度低于 15 lx，漏检率为 3.1 %。",
    "field": "电子信息",
    "industry": "C39 计算机、通信和其他电子设备制造业",
    "keywords": "视觉，铝带",
    "region": "甘肃 兰州 620100",
    "starts_on": "2027-01-01",
    "ends_on": "2027-12-31",
    "budget_min": 60,
    "budget_max": 100,
    "budget_unit": "万元",
    "modes": "联合开发、技术许可",
    "contact_email": "ma@example.org",
    "name_zh": "检出率",
    "comparison": "≥",
    "target": 99.2,
    "unit": "%",
    "level": "必须",
}


@cache
def blank(*, zh: bool = True, named: bool = False, kind: str = "template") -> bytes:
    """A template as it goes out."""
    make = need_books.template if kind == "template" else need_books.form
    return workbooks.write(make(zh=zh, named=named))


class Filled:
    """A table under way: `put(3, title_zh=...)` writes into the row as a workbook counts it."""

    def __init__(self, *, zh: bool = True, named: bool = False) -> None:
        self.book: Any = openpyxl.load_workbook(io.BytesIO(blank(zh=zh, named=named)))
        self.sheet: Any = self.book.worksheets[0]
        self.places = {self.sheet.cell(2, n).value: n for n in range(1, self.sheet.max_column + 1)}

    def put(self, row: int, **values: Any) -> Filled:
        """Write these cells; None empties one."""
        for key, value in values.items():
            self.sheet.cell(row, self.places[key]).value = value
        return self

    def need(self, row: int, **changes: Any) -> Filled:
        """A right need with these changes."""
        return self.put(row, **{**ROW, **changes})

    def at(self, key: str, row: int) -> str:
        """What the cell is called."""
        return str(self.sheet.cell(row, self.places[key]).coordinate)

    def data(self) -> bytes:
        """The file."""
        made = io.BytesIO()
        self.book.save(made)
        return made.getvalue()

    def pages(self) -> list[Page]:
        """Its one sheet as the engine reads it, without a child for it."""
        rows = [
            ["" if value is None else str(value) for value in row]
            for row in self.sheet.iter_rows(values_only=True)
        ]
        return [Page(self.sheet.title, rows)]


def pages(data: bytes) -> list[Page]:
    """The sheets of a workbook, read in a child as `flask work` does."""
    found = workbooks.read_pages(data, LIMITS)
    assert not isinstance(found, str), found
    return found


def form(fill: Callable[[Any], None], *, zh: bool = True) -> bytes:
    """A paper form, filled; `fill` gets a function that writes beside a label."""
    book: Any = openpyxl.load_workbook(io.BytesIO(blank(zh=zh, kind="form")))
    fill(book.worksheets[0])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def fill_form(sheet: Any) -> None:
    """Write beside the labels of the paper form, in Chinese."""
    said = {
        "标题（中文）": "弱光检测",
        "要解决的问题（中文）": "漏检率为 3.1 %",
        "领域": "新材料",
        "关键词": "视觉",
        "预算上限": 100,
        "预算单位": "万元",
        "合作方式": "联合开发",
    }
    for row in sheet.iter_rows(min_row=2):
        if row[0].value in said:
            row[1].value = said[row[0].value]
        if row[0].value == "指标（中文）":
            for place, value in enumerate(("检出率", None, "≥", 99.2, "%", "必须")):
                sheet.cell(row[0].row + 1, place + 1).value = value
