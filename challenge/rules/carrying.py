"""What of a draft fits another requirement's form: answers by key and kind, indicators by name and unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from challenge.rules import answers
from challenge.rules.errors import Invalid
from challenge.rules.formspec import Field, Spec


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator as two requirements can be compared by it."""

    id: int
    name_zh: str | None
    name_en: str | None
    unit: str

    def is_same(self, other: Row) -> bool:
        """Whether it measures the same: the name in a language that both have, and the unit."""
        names = [(_plain(self.name_zh), _plain(other.name_zh)), (_plain(self.name_en), _plain(other.name_en))]
        known = [pair for pair in names if all(pair)]
        return bool(known) and all(a == b for a, b in known) and _plain(self.unit) == _plain(other.unit)


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()


@dataclass(frozen=True, slots=True)
class Left:
    """An answer that stays behind: `no_field`, `other_kind`, `does_not_fit`, `consent` or `currency`."""

    field: Field
    why: str


@dataclass(frozen=True, slots=True)
class Carried:
    """The values that the other form takes, and what stays behind."""

    values: dict[str, Any]
    left: tuple[Left, ...]
    rows_left: tuple[Row, ...]


def carry(
    source: Spec,
    target: Spec,
    values: Mapping[str, Any],
    rows: tuple[Sequence[Row], Sequence[Row]],
    *,
    currencies: tuple[str, str],
) -> Carried:
    """Answers to `source` as far as they answer `target`; `rows` and `currencies` are those of both.

    A consent is never carried: it is given for one round, in the version of its terms.
    """
    taken: dict[str, Any] = {}
    left: list[Left] = []
    for field in source:
        value = values.get(field.key)
        if field.kind in ("files", "indicators") or value in (None, "", [], {}, 0):
            continue
        why = _why_not(field, target.get(field.key), value, currencies)
        if why is None:
            taken[field.key] = value
        else:
            left.append(Left(field, why))
    rows_left: list[Row] = []
    wanted = target.of_kind("indicators")
    for field in source.of_kind("indicators"):
        given = values.get(field.key) or {}
        if wanted:
            taken[wanted[0].key] = _rows(given, *rows)
        matched = {key for each in rows[0] for other in rows[1] if each.is_same(other) for key in (each.id,)}
        rows_left += [each for each in rows[0] if _said(given, each) and not (wanted and each.id in matched)]
    return Carried(taken, tuple(left), tuple(rows_left))


def _rows(given: Mapping[str, Any], old: Sequence[Row], new: Sequence[Row]) -> dict[str, Any]:
    return {
        str(row.id): dict(given[str(each.id)])
        for row in new
        for each in old
        if each.is_same(row) and _said(given, each)
    }


def _said(given: Mapping[str, Any], row: Row) -> bool:
    answer = given.get(str(row.id)) or {}
    return bool(answer.get("met") or answer.get("evidence"))


def _why_not(field: Field, other: Field | None, value: Any, currencies: tuple[str, str]) -> str | None:
    if field.kind == "consent":
        return "consent"
    if other is None:
        return "no_field"
    if other.kind != field.kind:
        return "other_kind"
    if field.kind == "money" and currencies[0] != currencies[1]:
        return "currency"
    try:
        fits = answers.clean(other, value, currencies[1]) == value
    except Invalid:
        fits = False
    return None if fits else "does_not_fit"
