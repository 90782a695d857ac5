"""Panels that hang together: judges who share no entry, not even through others, cannot be compared.

Where the best assignment falls into pieces, the exchange that costs least joins them: two judges swap an
entry, or one gives an entry away, until there is one piece or nothing more can be joined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from challenge.rules import assignment

Array = np.ndarray[Any, Any]
Pair = tuple[int, int]
"""An entry and a judge, by their places."""

MOST_PAIRS = 2_000  # of the smaller piece that are tried
TRIES = 40  # of the cheapest exchanges, until one joins


def pieces(pairs: Iterable[Pair]) -> list[tuple[frozenset[int], frozenset[int]]]:
    """What hangs together, the largest first: (judges, entries) of each piece."""
    return assignment.pieces((judge, entry) for entry, judge in pairs)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an exchange has to keep to: benefit, allowed pairs, the least and most of each judge.

    The least and most count beyond what is fixed, which is the `load`; what one has more than another costs
    `evenness` for each.
    """

    benefit: Array
    allowed: Array
    lower: Array
    upper: Array
    load: Array
    evenness: int = 0


def join(fixed: Collection[Pair], given: Set[Pair], bounds: Bounds) -> tuple[set[Pair], int]:
    """`given` with the exchanges that make one piece of it and `fixed`, and how many they were."""
    pairs, done = set(given), 0
    while len(now := pieces([*fixed, *pairs])) > 1:
        for piece in reversed(now):
            better = _joined(fixed, pairs, piece[0], bounds, len(now))
            if better is not None:
                break
        else:
            return pairs, done
        pairs, done = better, done + 1
    return pairs, done


def _joined(
    fixed: Collection[Pair], pairs: set[Pair], judges: frozenset[int], bounds: Bounds, count: int
) -> set[Pair] | None:
    """The pairs after the cheapest exchange between these judges and the others that leaves fewer pieces."""
    inside = sorted((pair for pair in pairs if pair[1] in judges), key=lambda pair: int(bounds.benefit[pair]))
    outside = [pair for pair in pairs if pair[1] not in judges]
    others = {judge for _, judge in [*fixed, *pairs]} - judges
    loads = Counter(judge for _, judge in pairs)
    ways = [
        *_swaps(inside[:MOST_PAIRS], sorted(outside), bounds),
        *_gifts([*inside[:MOST_PAIRS]], others, loads, bounds),
        *_gifts(outside[:MOST_PAIRS], judges, loads, bounds),
    ]
    for _, taken, made in sorted(ways)[:TRIES]:
        after = (pairs - set(taken)) | set(made)
        if len(pieces([*fixed, *after])) < count:
            return after
    return None


Way = tuple[int, list[Pair], list[Pair]]


def _swaps(inside: list[Pair], outside: list[Pair], bounds: Bounds) -> Iterator[Way]:
    """Two judges exchange an entry each; the best few of every pair inside."""
    if not outside:
        return
    there = np.array(outside)
    entries, judges = there[:, 0], there[:, 1]
    for entry, judge in inside:
        legal = bounds.allowed[entry, judges] & bounds.allowed[entries, judge]
        cost = (
            int(bounds.benefit[entry, judge])
            + bounds.benefit[entries, judges]
            - bounds.benefit[entry, judges]
            - bounds.benefit[entries, judge]
        )
        places = np.flatnonzero(legal)
        for place in places[np.argsort(cost[places], kind="stable")[:3]]:
            other, its_judge = outside[place]
            yield (
                int(cost[place]),
                [(entry, judge), (other, its_judge)],
                [(entry, its_judge), (other, judge)],
            )


def _gifts(pairs: list[Pair], takers: Collection[int], loads: Counter[int], bounds: Bounds) -> Iterator[Way]:
    """A judge gives an entry to one of `takers`, within the bounds of both; nobody gives their last."""
    able = np.array(sorted(each for each in takers if loads[each] < bounds.upper[each]), dtype=np.int64)
    if not len(able):
        return
    has = bounds.load[able] + np.array([loads[each] for each in able.tolist()])
    for entry, judge in pairs:
        mine = int(bounds.load[judge]) + loads[judge]
        if loads[judge] <= bounds.lower[judge] or mine < 2:
            continue
        worth = bounds.benefit[entry, able] - bounds.evenness * (has - mine + 1)
        worth = np.where(bounds.allowed[entry, able], worth, np.iinfo(np.int64).min)
        best = int(np.argmax(worth))
        if bounds.allowed[entry, able[best]]:
            cost = int(bounds.benefit[entry, judge]) - int(worth[best])
            yield cost, [(entry, judge)], [(entry, int(able[best]))]
