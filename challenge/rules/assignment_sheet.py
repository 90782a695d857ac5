"""The assignment as a table of texts: how it is written, and what one that comes back says, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from challenge.rules.assignment import Pair, World
from challenge.rules.lifecycles import READING
from challenge.rules.workbooks import Limits, Sheet, cell

LIMITS = Limits(rows=12_000, columns=2_000, unpacked=64 * 1024 * 1024, letters=80)
HEAD = "Entry"
HEADS = frozenset({"entry", "code", "参评方案", "方案"})
YES = frozenset({"x", "1", "√", "✓", "是", "yes", "y", "true"})
NO = frozenset({"", "0", "-", "–", "—", "否", "no", "n", "false"})
MARK, BARRED = "x", "–"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell ("B7"), by its code; `about` is the text or the judge it is about."""

    cell: str
    code: str
    about: str = ""


def sheet(world: World, labels: Mapping[int, str]) -> Sheet:
    """A row an entry, a column a judge, a mark for what is assigned, a dash for what cannot be."""
    reading = set(world.reading)
    barred = (world.obstacles.keys() | world.states.keys()) - reading
    rows = [
        [
            code,
            *(
                MARK if (judge, entry) in reading else BARRED if (judge, entry) in barred else ""
                for judge in world.judges
            ),
        ]
        for entry, code in world.entries.items()
    ]
    head = [HEAD, *(labels[judge] for judge in world.judges)]
    return Sheet("Assignment", [("bold", head)], rows, fixed=1, looks=("bold", "mark"), widths=(14, 8.43))


def read(
    rows: Sequence[Sequence[str]], world: World, labels: Mapping[int, str]
) -> tuple[list[Pair], list[Fault]]:
    """The pairs that a table adds to what stands, and every cell that cannot be taken.

    Columns and rows are known by their labels and codes, wherever they stand. An empty cell takes nothing
    away.
    """
    head = list(rows[0]) if rows else []
    codes = next((place for place, text in enumerate(head) if text.lower() in HEADS), None)
    if codes is None:
        return [], [Fault("A1", "sheet_without_entries")]
    faults: list[Fault] = []
    used = {place for row in rows for place, text in enumerate(row) if text} - {codes}
    heads = [(place, 0, head[place] if place < len(head) else "") for place in sorted(used)]
    columns = _named(heads, {label.lower(): judge for judge, label in labels.items()}, "judge", faults)
    begins = [
        (codes, number, row[codes] if codes < len(row) else "")
        for number, row in enumerate(rows)
        if number and any(row)
    ]
    lines = _named(begins, {code.lower(): entry for entry, code in world.entries.items()}, "entry", faults)
    pairs: list[Pair] = []
    loads = Counter(judge for judge, _ in world.reading)
    for number, place, text in _marked(rows, columns, lines):
        pair = (columns[place], lines[number])
        unread = text.lower() not in YES
        code = "sheet_value" if unread else _obstacle(world, pair, loads)
        if code:
            faults.append(Fault(cell(place, number), code, text if unread else labels[pair[0]]))
        elif world.states.get(pair) not in READING:
            pairs.append(pair)
            loads[pair[0]] += 1
    return sorted(pairs), faults


def _marked(
    rows: Sequence[Sequence[str]], columns: Collection[int], lines: Collection[int]
) -> Iterator[tuple[int, int, str]]:
    """(row, column, text) of the cells of known judges and entries that say something."""
    for number in lines:
        for place, text in enumerate(rows[number]):
            if place in columns and text.lower() not in NO:
                yield number, place, text


def _named(
    cells: Sequence[tuple[int, int, str]], known: Mapping[str, int], kind: str, faults: list[Fault]
) -> dict[int, int]:
    """Column (of a head) or row -> number of every name that is known, once; a fault for each other."""
    found: dict[int, int] = {}
    seen: set[int] = set()
    for place, number, text in cells:
        one = known.get(text.lower())
        if one is None or one in seen:
            code = f"{kind}_unknown" if one is None else f"{kind}_twice"
            faults.append(Fault(cell(place, number), code, text))
        else:
            found[number or place] = one
            seen.add(one)
    return found


def _obstacle(world: World, pair: Pair, loads: Mapping[int, int]) -> str | None:
    """Why a pair cannot be taken; None where it can, or stands already."""
    state, capacity = world.states.get(pair), world.judges[pair[0]]
    if state in READING:
        return None
    if pair in world.obstacles:
        return world.obstacles[pair]
    if state is not None:
        return state
    return "full" if capacity is not None and loads[pair[0]] >= capacity else None


def counted(faults: Collection[Fault], most: int) -> list[dict[str, str]]:
    """The first of the faults as plain values."""
    return [{"cell": each.cell, "code": each.code, "about": each.about} for each in list(faults)[:most]]
