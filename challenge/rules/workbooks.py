"""Workbooks: how one is to look, how much is read of one that comes in, its cells and their faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Texts = Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A workbook of one sheet, all texts; looks are names that the engine knows.

    `heads` stay on top, each a look and its cells, and so do the `fixed` columns on the left; `looks` are of
    these and of the other columns. `notes` lie under the cells of the first head. The last of `widths` is
    that of all columns that follow.
    """

    title: str
    heads: Sequence[tuple[str, Texts]]
    rows: Sequence[Texts]
    fixed: int
    looks: tuple[str, str]
    widths: Sequence[float]
    notes: Texts = ()
    # What may be chosen in a column, from a row on (both from 0); the lists stand on a sheet of their own.
    lists: Sequence[tuple[int, int, Texts]] = ()
    list_title: str = "Lists"


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet that came in: its rows as texts, and its merged cells (first row and column, last of both)."""

    title: str
    rows: Sequence[Sequence[str]]
    merged: Sequence[tuple[int, int, int, int]] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a workbook is read.

    `formulas`: a cell says its formula instead of its value. `trailing`: empty cells behind the last column
    are passed over (a spreadsheet program leaves them where something was formatted); else they count.
    """

    rows: int
    columns: int
    unpacked: int  # bytes
    letters: int  # of a cell
    formulas: bool = False
    trailing: bool = False


def place_of(name: str) -> tuple[int, int, str]:
    """By which cells are put in order: row, then column, as `cell` names them; '' comes first."""
    letters = name.rstrip("0123456789")
    return int(name[len(letters) :] or 0), len(letters), letters


def column_of(letters: str) -> int:
    """The place of a column by its letters, from 0."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell: its code, and what its words name."""

    cell: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"cell": self.cell, "code": self.code, "params": dict(self.params)}


def cell(column: int, row: int) -> str:
    """What a workbook calls a cell; both from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
