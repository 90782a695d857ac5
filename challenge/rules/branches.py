"""The tree of organizations: how far a manager reaches, and which branch a requirement belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST_LEVELS = 6  # of a tree, its centre counted: a nation, provinces, cities, counties and two to spare


@dataclass(frozen=True, slots=True)
class Branch:
    """An organization in a tree; `level` counts from 0 at the top, `region` is a six-digit code."""

    id: int
    ref: str
    name: str
    name_en: str | None
    region: str | None
    parent_id: int | None
    level: int


def reach(parents: Mapping[int, int | None], roots: Iterable[int]) -> frozenset[int]:
    """The roots and everything below them; a tree that was tied into a ring is walked once."""
    found = set(roots)
    while True:
        below = {each for each, parent in parents.items() if parent in found} - found
        if not below:
            return frozenset(found)
        found |= below


def ordered(rows: Iterable[Branch]) -> list[Branch]:
    """Each above its own branches, those of one level by name: as a table shows a tree."""
    known = {each.id: each for each in rows}
    below: dict[int | None, list[Branch]] = {}
    for each in sorted(known.values(), key=lambda branch: (branch.name, branch.id)):
        below.setdefault(each.parent_id if each.parent_id in known else None, []).append(each)
    found: dict[int, Branch] = {}

    def walk(branches: Iterable[Branch]) -> None:
        for each in branches:
            if each.id not in found:
                found[each.id] = each
                walk(below.get(each.id, ()))

    walk(below.get(None, ()))
    walk(known.values())  # what was tied into a ring has no top; it is shown all the same
    return list(found.values())


def branch_for(branches: Sequence[Branch], lineage: Sequence[int], region: str | None) -> Branch | None:
    """The branch that looks after a seeker: the nearest that it belongs to, else that of its region.

    `lineage` is the seeker and what it is a branch of, upwards. Of several branches that hold the region, the
    one with the narrowest does; of two alike, the first that was registered.
    """
    known = {each.id: each for each in branches}
    for organization in lineage:
        if organization in known:
            return known[organization]
    if not region:
        return None
    holding = [each for each in branches if each.region and covers(each.region, region)]
    return min(holding, key=lambda each: (-len(_stem(each.region)), each.id), default=None)


def covers(wide: str, narrow: str) -> bool:
    """Whether a region lies in another: 620100 (Lanzhou) in 620000 (Gansu). Pairs of digits count."""
    stem = _stem(wide)
    return bool(stem) and narrow.startswith(stem)


def _stem(region: str | None) -> str:
    stem = region or ""
    while stem.endswith("00"):
        stem = stem[:-2]
    return stem
