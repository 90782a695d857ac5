"""Past agreements and co-authorships as a table: columns known by their names, every fault by its cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from challenge.rules.conflicts import FIRST_YEAR, PAST, name_key
from challenge.rules.workbooks import Fault, Limits, cell

LIMITS = Limits(rows=5001, columns=20, unpacked=24 * 1024 * 1024, letters=600, formulas=True, trailing=True)
NOTE = 500
KIND, ONE, OTHER, YEAR, UNTIL, NOTES = "kind", "one", "other", "year", "until", "note"
# What each column may be headed, as `name_key` gives it.
HEADS: Mapping[str, frozenset[str]] = {
    KIND: frozenset({"kind", "类型", "种类"}),
    ONE: frozenset({"one", "一方", "甲方"}),
    OTHER: frozenset({"other", "另一方", "乙方"}),
    YEAR: frozenset({"year", "年份", "年"}),
    UNTIL: frozenset({"until", "截止年份", "至"}),
    NOTES: frozenset({"note", "备注", "说明"}),
}
NEEDED = (KIND, ONE, OTHER, YEAR)
WORDS: Mapping[str, frozenset[str]] = {
    "agreement": frozenset({"agreement", "contract", "协议", "合同", "合作协议"}),
    "co_author": frozenset({"coauthor", "coauthors", "coauthorship", "合著", "合作论文", "共同作者"}),
}
Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Stated:
    """One row that is right by itself; who its two ends are is not looked up yet. `cells` are its own."""

    row: int
    kind: str
    one: str
    other: str
    since: dt.date
    until: dt.date
    note: str
    cells: Mapping[str, str]


def from_csv(data: bytes) -> list[list[str]] | str:
    """The rows of a CSV file in UTF-8, or as a spreadsheet program writes it in Chinese; or why not."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return "not_a_table"
    try:
        rows = [[each.strip() for each in row] for row in csv.reader(io.StringIO(text), strict=True)]
    except csv.Error:
        return "not_a_table"
    if "\0" in text:
        return "not_a_table"
    if len(rows) > LIMITS.rows or any(len(row) > LIMITS.columns for row in rows):
        return "book_too_large"
    return rows


def check(rows: Sequence[Row], this_year: int) -> tuple[list[Stated], list[Fault]]:
    """What the rows state, and what is wrong where; rows without anything in them are passed over."""
    head = rows[0] if rows else ()
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for place, text in enumerate(head):
        name = next((each for each, known in HEADS.items() if name_key(text) in known), None)
        if name is not None and name in places:
            faults.append(Fault(cell(place, 0), "column_twice", {"found": text[:40]}))
        elif name is not None:
            places[name] = place
    faults += [Fault("A1", "column_needed", {"wanted": name}) for name in NEEDED if name not in places]
    if faults:
        return [], faults
    stated: list[Stated] = []
    for number, row in enumerate(rows[1:], start=1):
        if not any(each.strip() for each in row):
            continue
        said = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
        cells = {name: cell(at, number) for name, at in places.items()}
        wrong = list(_wrong(said, cells, this_year))
        faults += wrong
        if not wrong:
            stated.append(_stated(number + 1, said, cells))
    if not stated and not faults:
        faults.append(Fault("A2", "tie_none"))
    return stated, faults


def years(first: int, last: int | None = None) -> tuple[dt.date, dt.date]:
    """The days that a year, or years, stand for."""
    return dt.date(first, 1, 1), dt.date(last or first, 12, 31)


def _stated(row: int, said: Mapping[str, str], cells: Mapping[str, str]) -> Stated:
    last = said.get(UNTIL, "")
    since, until = years(int(said[YEAR]), int(last) if last else None)
    return Stated(row, _kind(said[KIND]), said[ONE], said[OTHER], since, until, said.get(NOTES, ""), cells)


def _kind(text: str) -> str:
    return next((kind for kind in PAST if name_key(text) in WORDS[kind]), "")


def _wrong(said: Mapping[str, str], cells: Mapping[str, str], this_year: int) -> Iterator[Fault]:
    formulas = [name for name, text in said.items() if text.startswith("=")]
    yield from (Fault(cells[name], "cell_formula") for name in formulas)
    if formulas:
        return
    if not _kind(said[KIND]):
        yield Fault(cells[KIND], "tie_kind", {"found": said[KIND][:40]})
    yield from (Fault(cells[name], "tie_end_missing") for name in (ONE, OTHER) if not name_key(said[name]))
    if _kind(said[KIND]) == "co_author" and "@" not in said[ONE]:
        yield Fault(cells[ONE], "tie_needs_address")
    first, last = said[YEAR], said.get(UNTIL, "")
    for name, text in ((YEAR, first), (UNTIL, last)):
        if (text or name == YEAR) and not _a_year(text, this_year):
            yield Fault(cells[name], "tie_year", {"first": FIRST_YEAR, "last": this_year})
    if _a_year(first, this_year) and _a_year(last, this_year) and int(last) < int(first):
        yield Fault(cells[UNTIL], "ends_before_start")
    if len(said.get(NOTES, "")) > NOTE:
        yield Fault(cells[NOTES], "too_long", {"length": len(said[NOTES]), "most": NOTE})


def _a_year(text: str, this_year: int) -> bool:
    return text.isascii() and text.isdecimal() and FIRST_YEAR <= int(text) <= this_year
