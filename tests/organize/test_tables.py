"""Tables that people take along: whatever somebody typed is text in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import challenge
from challenge.base import csvs
from challenge.exchange.reports import Report


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("\tx", "'\tx"),
        ("＝SUM(A1)", "'＝SUM(A1)"),
        ("-1.5", "-1.5"),
        ("+7/3", "+7/3"),
        ("plain = text", "plain = text"),
        (-3, "-3"),
    ],
)
def test_a_text_is_no_formula_and_a_figure_stays_one(typed: object, kept: str) -> None:
    assert csvs.written([[typed, "x"]]) == f"{kept},x\r\n"


def test_a_report_of_an_import_is_such_a_table() -> None:
    report = Report()
    report.guess("R-1", "title", "cut", "=cmd()")
    assert report.as_csv().splitlines()[1] == "R-1,title,guess,cut,'=cmd()"


def test_there_is_one_place_that_writes_csv() -> None:
    found = [
        path.name
        for path in Path(challenge.__file__).parent.rglob("*.py")
        if re.search(r"csv\.(Dict)?[wW]riter", path.read_text(encoding="utf-8"))
    ]
    assert found == ["csvs.py"]
