"""How much a form can send: the doors take so much, and no more."""

from __future__ import annotations

from dataclasses import dataclass

from challenge.rules.answers import CELL, LONGEST_NUMBER
from challenge.rules.formspec import EVIDENCE, MOST_ROWS, Field, Spec

KEY = 40  # characters of a choice's key


@dataclass(frozen=True, slots=True)
class Size:
    """Inputs, and characters in all of them together."""

    inputs: int
    characters: int


def largest(spec: Spec, indicators: int) -> Size:
    """What the form sends with every field filled in as far as it goes, for so many indicators."""
    sizes = [_largest(field, indicators) for field in spec]
    return Size(sum(each.inputs for each in sizes), sum(each.characters for each in sizes))


def _largest(field: Field, indicators: int) -> Size:
    if field.kind == "table":
        cells = MOST_ROWS * len(field.columns)
        return Size(cells, cells * CELL)
    if field.kind == "indicators":
        return Size(2 * indicators, indicators * (KEY + EVIDENCE))
    if field.kind == "choices":
        return Size(len(field.options), len(field.options) * KEY)
    if field.kind in ("text", "long", "link"):
        return Size(1, field.longest)
    return Size(0 if field.kind == "files" else 2, 2 * LONGEST_NUMBER)  # a sum has its unit beside it
