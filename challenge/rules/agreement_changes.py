"""What differs between two versions of an agreement: texts word by word, values old and new, row by row."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from challenge.rules.agreements import Party, Terms
from challenge.rules.differences import Change, words

TEXTS = ("title", "scope", "royalty", "ownership_text", "confidentiality", "clauses")
VALUES = (
    *("kind", "lang", "currency", "total_minor", "payment", "ownership", "confidential_months"),
    *("starts_on", "ends_on"),
)
# In the order of the form.
KEYS = (
    *("title", "scope", "currency", "total_minor", "payment", "royalty", "ownership", "ownership_text"),
    *("confidential_months", "confidentiality", "starts_on", "ends_on", "clauses", "kind", "lang"),
)
ROWS = ("parties", "indicators", "payments", "milestones")
_WORDED = ("name", "title", "label", "deliverables", "address")  # cells that are compared word by word


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that came (`before` none), went (`after` none) or says something else in these cells."""

    before: Any
    after: Any
    cells: tuple[Change, ...] = ()

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def row(self) -> Any:
        """The row as it is now; as it was, where it is gone."""
        return self.before if self.after is None else self.after


@dataclass(frozen=True, slots=True)
class Redline:
    """All that differs; of `rows` the lists that do."""

    parts: tuple[Change, ...] = ()
    rows: Mapping[str, tuple[RowChange, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.parts or self.rows)


def between(before: Terms, after: Terms) -> Redline:
    """What differs between two terms."""
    parts = tuple(each for key in KEYS if (each := _part(key, before, after)) is not None)
    rows = {name: _rows(getattr(before, name), getattr(after, name)) for name in ROWS}
    return Redline(parts, {name: found for name, found in rows.items() if found})


def _part(key: str, before: Any, after: Any) -> Change | None:
    old, new = getattr(before, key), getattr(after, key)
    if old == new:
        return None
    worded = key in TEXTS or key in _WORDED
    return Change(key, old, new, words(old or "", new or "") if worded else ())


def _rows(before: Sequence[Any], after: Sequence[Any]) -> tuple[RowChange, ...]:
    """Each row against the one that it was: the same, else one of the same name, else the one in its place.

    Rows that went come last.
    """
    found, left = _paired(before, after)
    changes = [
        RowChange(old, new, () if old is None else _cells(old, new))
        for old, new in zip(found, after, strict=True)
        if old != new
    ]
    return (*changes, *(RowChange(row, None) for row in left))


def _paired(before: Sequence[Any], after: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """For each row of the newer the row that it was, or none; and the rows that went."""
    left = dict(enumerate(before))
    found: dict[int, Any] = {}
    for place, row in enumerate(after):
        twin = next((key for key, old in left.items() if old == row), None)
        if twin is not None:
            found[place] = left.pop(twin)
    for place, row in enumerate(after):
        if place not in found:
            twin = next((key for key, old in left.items() if _name(old) == _name(row)), None)
            if twin is not None:
                found[place] = left.pop(twin)
    for place in range(len(after)):
        if place not in found and place in left and len(before) == len(after):
            found[place] = left.pop(place)
    return [found.get(place) for place in range(len(after))], list(left.values())


def _name(row: Any) -> Hashable:
    """By what a row is known: the side of a party, the name of anything else."""
    if isinstance(row, Party):
        return row.side
    return next(str(getattr(row, key)).strip() for key in ("name", "title", "label") if hasattr(row, key))


def _cells(old: Any, new: Any) -> tuple[Change, ...]:
    found = (_part(cell.name, old, new) for cell in fields(new))
    return tuple(each for each in found if each is not None)
