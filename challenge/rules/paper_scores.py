"""A workbook of paper scores: the one layout that it has, and every fault of a filled one, by its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from challenge.rules.scales import Criterion, check_score
from challenge.rules.workbooks import Fault, Limits, cell

CODE, TITLE, JUDGE, NAME = "code", "title", "judge", "name"
FIXED = (CODE, TITLE, JUDGE, NAME)
HEAD_ROW, KEY_ROW, FIRST_ROW = 1, 2, 3  # words for people, names for the reader, then a row for each card
LIMITS = Limits(rows=5000, columns=60, unpacked=24 * 1024 * 1024, letters=500, formulas=True, trailing=True)

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Card:
    """One judge's scores of one entry, whole and on their scales."""

    row: int
    code: str
    judge: str
    scores: Mapping[str, str]  # criterion -> figure


@dataclass(frozen=True, slots=True)
class Known:
    """What the workbook is held against: cards by (entry, judge) -> why not, or "" where one may come."""

    criteria: Sequence[Criterion]
    codes: frozenset[str]
    judges: frozenset[str]
    cards: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Checked:
    """The cards that are right, the faults, and whether the columns themselves are."""

    cards: tuple[Card, ...] = ()
    faults: tuple[Fault, ...] = ()
    readable: bool = True


def keys(criteria: Sequence[Criterion]) -> list[str]:
    """The second row: what each column is, in this order and no other."""
    return [*FIXED, *(f"c{each.id}" for each in criteria)]


def check(rows: Sequence[Row], known: Known) -> Checked:
    """Read the rows of a filled workbook. A row without any score is one that is not filled in."""
    faults = list(_columns(rows, keys(known.criteria)))
    if faults:
        return Checked(faults=tuple(faults), readable=False)
    cards: list[Card] = []
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW):
        scores = [_cell(row, len(FIXED) + place) for place in range(len(known.criteria))]
        if not any(scores):
            continue
        code, judge = _cell(row, FIXED.index(CODE)), _cell(row, FIXED.index(JUDGE))
        wrong = [*_names(number, code, judge, known), *_scores(number, scores, known.criteria)]
        if not wrong and (code, judge) in seen:
            wrong = [Fault(cell(FIXED.index(CODE), number - 1), "row_twice", {"row": seen[code, judge]})]
        seen.setdefault((code, judge), number)
        faults += wrong
        if not wrong:
            given = {each.id: text for each, text in zip(known.criteria, scores, strict=True)}
            cards.append(Card(number, code, judge, given))
    return Checked(tuple(cards), tuple(faults))


def _columns(rows: Sequence[Row], wanted: Sequence[str]) -> Iterator[Fault]:
    if len(rows) < KEY_ROW:
        yield Fault(cell(0, KEY_ROW - 1), "no_key_row")
        return
    found = rows[KEY_ROW - 1]
    for place in range(max(len(wanted), len(found))):
        name, asked = _cell(found, place), wanted[place] if place < len(wanted) else ""
        if name == asked:
            continue
        if not asked:
            yield Fault(cell(place, KEY_ROW - 1), "column_unknown", {"found": name[:40]})
        elif name in wanted:
            yield Fault(cell(place, KEY_ROW - 1), "column_moved", {"wanted": asked, "found": name})
        else:
            yield Fault(cell(place, KEY_ROW - 1), "column_missing", {"wanted": asked})


def _names(number: int, code: str, judge: str, known: Known) -> Iterator[Fault]:
    where = cell(FIXED.index(CODE), number - 1)
    if code not in known.codes:
        yield Fault(where, "code_unknown", {"found": code[:40]})
    elif judge not in known.judges:
        yield Fault(cell(FIXED.index(JUDGE), number - 1), "judge_unknown", {"found": judge[:40]})
    elif known.cards.get((code, judge), "card_not_assigned"):
        yield Fault(where, known.cards.get((code, judge), "card_not_assigned"))


def _scores(number: int, scores: Sequence[str], criteria: Sequence[Criterion]) -> Iterator[Fault]:
    for place, (criterion, text) in enumerate(zip(criteria, scores, strict=True), start=len(FIXED)):
        where = cell(place, number - 1)
        if not text:
            yield Fault(where, "score_missing")
        elif text.startswith("="):
            yield Fault(where, "cell_formula")
        elif (wrong := check_score(criterion, text)) is not None:
            limits = {name: f"{getattr(criterion, name).normalize():f}" for name in _LIMITS}
            yield Fault(where, "score_not_a_number" if wrong == "not_a_number" else wrong, limits)


_LIMITS = ("minimum", "maximum", "step")


def _cell(row: Row, place: int) -> str:
    return row[place].strip() if place < len(row) else ""
