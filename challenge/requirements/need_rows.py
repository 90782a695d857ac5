"""Requirements brought as rows of text: read as a workbook's table is, with the same faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from challenge.requirements import need_books
from challenge.requirements.intake_models import NeedBook
from challenge.rules import need_sheets
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Actor
from challenge.rules.workbooks import Page, column_of, place_of

KEYS_ROW = 1  # the line of the table that names its columns


def bring(
    session: Session,
    actor: Actor,
    round_id: int,
    keys: Sequence[str],
    lines: Sequence[tuple[int, Mapping[str, str]]],
    locale: str,
) -> tuple[dict[int, list[tuple[str, Invalid]]], dict[int, tuple[str, ...]]]:
    """Make drafts of the right ones. Faults by row, and for each row that begins a need the codes against it.

    A row without anything of a need of its own goes on with the indicators of the one above.
    """
    used = list(keys)
    page = Page("", [used, *([row.get(key, "") for key in used] for _number, row in lines)])
    raws = need_sheets.find([page])
    numbers = dict(enumerate((number for number, _row in lines), start=KEYS_ROW))
    if isinstance(raws, need_sheets.Fault):
        fault = Invalid("", raws.code, **raws.params)
        return {number: [("", fault)] for number in numbers.values()}, dict.fromkeys(
            numbers.values(), (raws.code,)
        )
    book = NeedBook(kind="needs", locale=locale, only_valid=True)
    found = need_books.bring(session, actor, round_id, book, raws)
    faults: dict[int, list[tuple[str, Invalid]]] = {}
    begins: dict[int, tuple[str, ...]] = {numbers[raw.row]: () for raw in raws}
    for each in found:
        row, _width, letters = place_of(each.cell)
        number = numbers.get(row - 1, next(iter(numbers.values())))
        column = used[column_of(letters)] if letters and column_of(letters) < len(used) else ""
        faults.setdefault(number, []).append((column, Invalid(column, each.code, **each.params)))
        head = max((place for place in begins if place <= number), default=number)
        begins[head] = (*begins.get(head, ()), each.code)
    return faults, begins
