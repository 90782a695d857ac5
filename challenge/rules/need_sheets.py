"""Sheets of requirements as they come in: which cell says what, in a table or in a paper form.

A table has a row that names its columns by their keys, then a row for each requirement; further indicators of
it stand in the rows below, where nothing else is written. A form has labels with values beside them, and a
table of indicators; one requirement a sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from challenge.rules.need_words import NEED, ROW, WHOSE, Column, plain
from challenge.rules.workbooks import Limits, Page, cell

LIMITS = Limits(
    rows=2_000, columns=60, unpacked=128 * 1024 * 1024, letters=20_000, formulas=True, trailing=True
)
MOST_NEEDS = 200
KEY_ROWS = 5  # the row of keys is among the first
FORM_LABELS = 4  # so many known labels make a sheet a form
_NEED_KEYS = tuple(each.key for each in (*WHOSE, *NEED))
_ROW_KEYS = tuple(each.key for each in ROW)
_SAYING = ("name_zh", "name_en", "target", "unit")  # a sign and a level alone are no indicator


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell of one sheet."""

    sheet: str
    cell: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """What was written, and where; `at` is where it would stand if nothing was."""

    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Raw:
    """One requirement as it was found: its cells by key, its indicators, and what is wrong with the sheet."""

    sheet: str
    row: int
    cells: Mapping[str, Cell]
    rows: tuple[Mapping[str, Cell], ...]
    faults: tuple[Fault, ...] = ()


def find(pages: Sequence[Page]) -> list[Raw] | Fault:
    """Every requirement of a workbook, in its order; or why there is none.

    Codes: no_need_sheet, nothing_in_table, too_many_needs.
    """
    tables = [(page, row) for page in pages if (row := _key_row(page)) is not None]
    if tables:
        found = [raw for page, row in tables for raw in _table(page, row)]
        if not found:
            return Fault(tables[0][0].title, cell(0, tables[0][1] + 1), "nothing_in_table")
    else:
        found = [raw for page in pages if (raw := _form(page)) is not None]
    if not found:
        names = ", ".join(page.title for page in pages)[:200]
        return Fault(pages[0].title if pages else "", "A1", "no_need_sheet", {"found": names})
    if len(found) > MOST_NEEDS:
        extra = found[MOST_NEEDS]
        return Fault(extra.sheet, cell(0, extra.row), "too_many_needs", {"most": MOST_NEEDS})
    return found


def _key_row(page: Page) -> int | None:
    for number, row in enumerate(page.rows[:KEY_ROWS]):
        if len({"title_zh", "title_en", "problem_zh", "problem_en"} & {text.strip() for text in row}) >= 2:
            return number
    return None


def _table(page: Page, head: int) -> Iterator[Raw]:
    places = {text.strip(): column for column, text in enumerate(page.rows[head]) if text.strip()}
    unknown = [
        Fault(page.title, cell(column, head), "column_unknown", {"found": key[:40]})
        for key, column in places.items()
        if key not in (*_NEED_KEYS, *_ROW_KEYS)
    ]
    merged = dict(_merged(page, head, places))
    current: tuple[int, list[Mapping[str, Cell]], list[Fault]] | None = None
    for number, row in enumerate(page.rows[head + 1 :], start=head + 1):
        if not any(text.strip() for text in row):
            continue
        if current is None or any(_text(row, places.get(key)) for key in _NEED_KEYS):
            if current is not None:
                yield _whole(page, places, current)
            current = (number, [], unknown)
            unknown = []
        indicator = _cells(row, number, places, _ROW_KEYS)
        if any(indicator[key].text for key in _SAYING):
            current[1].append(indicator)
        current[2].extend(merged.pop(number, ()))
    if current is not None:
        yield _whole(page, places, current)


def _whole(
    page: Page, places: Mapping[str, int], current: tuple[int, list[Mapping[str, Cell]], list[Fault]]
) -> Raw:
    number, rows, faults = current
    cells = _cells(page.rows[number], number, places, _NEED_KEYS)
    formulas = _formulas(page.title, [cells, *rows])
    return Raw(page.title, number, cells, tuple(rows), (*faults, *formulas))


def _cells(
    row: Sequence[str], number: int, places: Mapping[str, int], keys: Sequence[str]
) -> dict[str, Cell]:
    return {key: Cell(_text(row, places.get(key)), cell(places.get(key, 0), number)) for key in keys}


def _merged(page: Page, head: int, places: Mapping[str, int]) -> Iterator[tuple[int, list[Fault]]]:
    """Merged cells below the head by their row: what they hide cannot be known.

    A need's own cell may reach down over the rows of its indicators.
    """
    inner = {places[key] for key in _ROW_KEYS if key in places}
    for first_row, first, last_row, last in page.merged:
        down = last_row > first_row and first == last and first not in inner
        if last_row > head and not down:
            yield first_row, [Fault(page.title, cell(first, first_row), "cell_merged")]


def _formulas(sheet: str, parts: Sequence[Mapping[str, Cell]]) -> list[Fault]:
    return [
        Fault(sheet, each.at, "cell_formula")
        for part in parts
        for each in part.values()
        if each.text.startswith("=") and each.text != "="  # the sign of a comparison
    ]


def _text(row: Sequence[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


def _labels(columns: Sequence[Column]) -> dict[str, str]:
    return {plain(name): each.key for each in columns for name in (*each.names, *each.also)}


_OF_NEED, _OF_ROW = _labels((*WHOSE, *NEED)), _labels(ROW)
_NOTES = {each.key: {plain(note) for note in each.note} for each in (*WHOSE, *NEED)}


def _form(page: Page) -> Raw | None:
    """A paper form: the value stands right of its label, or below it where the label fills its row."""
    cells: dict[str, Cell] = {}
    rows: list[Mapping[str, Cell]] = []
    columns: dict[str, int] = {}  # of the table of indicators, while it goes on
    for number, row in enumerate(page.rows):
        head = {key: place for place, text in enumerate(row) if (key := _OF_ROW.get(plain(text)))}
        if len(head) >= 3 and "target" in head:
            columns = head
            continue
        found = list(_values(page, number, row, cells))
        cells.update(found)
        if found or not any(text.strip() for text in row):
            columns = {} if found else columns
        elif columns:
            indicator = _cells(row, number, columns, _ROW_KEYS)
            rows += [indicator] if any(indicator[key].text for key in _SAYING) else []
    if len(cells) < FORM_LABELS:
        return None
    whole = {key: cells.get(key, Cell("", "A1")) for key in _NEED_KEYS}
    return Raw(page.title, 0, whole, tuple(rows), tuple(_formulas(page.title, [whole, *rows])))


def _values(
    page: Page, number: int, row: Sequence[str], known: Mapping[str, Cell]
) -> Iterator[tuple[str, Cell]]:
    labels = [(place, *found) for place, text in enumerate(row) if (found := _label(text))]
    ends = [*(place for place, _key, _unit in labels[1:]), len(row)]
    for (place, key, unit), end in zip(labels, ends, strict=False):
        if key in known:
            continue
        if unit:  # a form that prints 万元 beside its label means it
            yield "budget_unit", Cell(unit, cell(place, number))
        right = range(place + 1, end)
        beside = [at for at in right if row[at].strip() and plain(row[at]) not in _NOTES[key]]
        if beside:
            yield key, Cell(row[beside[0]].strip(), cell(beside[0], number))
        elif len(labels) == 1 and number + 1 < len(page.rows) and _alone(page.rows[number + 1]):
            below = next(at for at, text in enumerate(page.rows[number + 1]) if text.strip())
            yield key, Cell(page.rows[number + 1][below].strip(), cell(below, number + 1))
        else:
            yield key, Cell("", cell(place + 1, number))


def _label(text: str) -> tuple[str, str] | None:
    """The key that a label stands for, and the unit of money that it names."""
    bare = plain(text)
    if bare in _OF_NEED:
        return _OF_NEED[bare], ""
    for unit in ("万元", "元"):
        key = _OF_NEED.get(bare.removesuffix(unit)) if bare.endswith(unit) else None
        if key in ("budget_min", "budget_max"):
            return key, unit
    return None


def _alone(row: Sequence[str]) -> bool:
    """Whether the row holds one text and that is no label: the value of the label above it."""
    filled = [text for text in row if text.strip()]
    return len(filled) == 1 and _label(filled[0]) is None and plain(filled[0]) not in _OF_ROW
