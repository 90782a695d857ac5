"""Rows that somebody brings as text (CSV, or copied from a spreadsheet), and which column is which."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from challenge.rules.errors import Invalid

MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 300, 60, 400_000
NEW, KNOWN, WRONG = "new", "known", "wrong"


@dataclass(frozen=True, slots=True)
class Column:
    """What a row may say: its key, its names in Chinese and English, and what else files call it."""

    key: str
    names: tuple[str, str]
    also: tuple[str, ...] = ()
    required: bool = False

    def is_called(self, head: str) -> bool:
        """Whether a file's head means it."""
        return _plain(head) in {_plain(each) for each in (self.key, *self.names, *self.also)}


@dataclass(frozen=True, slots=True)
class Rows:
    """A file: its heads, and its rows with their numbers in it (from 1)."""

    heads: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What would become of a row: new, known already or wrong; each fault with its column ('': none)."""

    number: int
    values: Mapping[str, str]
    state: str = NEW
    faults: tuple[tuple[str, Invalid], ...] = ()


def read(text: str, plain: Sequence[str] = ()) -> Rows:
    """The rows of a text, the first one being the heads. Empty lines are passed over.

    Its cells stand apart by tabs, commas or semicolons, whichever the first line has most of. `plain`: the
    heads of a list whose first line has none, but a mail address.

    Raises `Invalid("text", "rows_none" | "rows_too_many" | "rows_too_wide" | "rows_unreadable")`.
    """
    # In a list of people both semicolons part cells; elsewhere they are words of a text.
    whole = text.lstrip("\ufeff").replace("；", ";" if plain else "；")
    if not whole.strip():
        raise Invalid("text", "rows_none")
    if len(whole) > MOST_LETTERS:
        raise Invalid("text", "rows_too_many", most=MOST_ROWS)
    first = next(line for line in whole.splitlines() if line.strip())
    mark = max("\t;,；", key=first.count)
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(whole, newline=""), delimiter=mark, strict=True)
    try:
        for cells in reader:
            line = [cell.strip() for cell in cells]
            if any(line):
                found.append((reader.line_num, line))
    except csv.Error:
        raise Invalid("text", "rows_unreadable", line=reader.line_num) from None
    if plain and found and any("@" in cell for cell in found[0][1]):
        found.insert(0, (0, [*plain]))
    if len(found) < 2:
        raise Invalid("text", "rows_none")
    if len(found[0][1]) > MOST_COLUMNS:
        raise Invalid("text", "rows_too_wide", most=MOST_COLUMNS)
    if len(found) > MOST_ROWS + 1:
        raise Invalid("text", "rows_too_many", most=MOST_ROWS)
    return Rows(found[0][1], found[1:])


def mapped(heads: Sequence[str], columns: Sequence[Column], chosen: Mapping[str, int]) -> dict[str, int]:
    """Where each column stands, by key: as it was chosen (-1: nowhere), else where its name stands."""
    places: dict[str, int] = {}
    for column in columns:
        named = (place for place, head in enumerate(heads) if column.is_called(head))
        place = chosen.get(column.key, next(named, -1))
        if 0 <= place < len(heads):
            places[column.key] = place
    return places


def values_of(cells: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    """What a row says, by key."""
    return {key: cells[place] if place < len(cells) else "" for key, place in places.items()}


def lacking(values: Mapping[str, str], columns: Sequence[Column]) -> list[tuple[str, Invalid]]:
    """A fault for each column that has to say something and does not."""
    return [
        (each.key, Invalid(each.key, "required"))
        for each in columns
        if each.required and not values.get(each.key)
    ]


def beyond(cells: Sequence[str], heads: Sequence[str]) -> list[tuple[str, Invalid]]:
    """A fault for a row that says something where no column has a head."""
    said = any(cells[len(heads) :])
    return [("", Invalid("text", "rows_cells_beyond", most=len(heads)))] if said else []


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
