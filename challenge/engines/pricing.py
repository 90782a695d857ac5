"""Which arcs that a flow could not choose from would have made it better: asked of its prices.

A flow that is the best of its arcs gives every entry and every judge a price. An arc left out is worth adding
exactly where its benefit beats the two; where none does, the flow is the best of all arcs there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from challenge.engines.assigning import Array, Priced

BLOCK = 1_000  # rows that are looked through at once
NEARLY = 50  # of a benefit up to 1000: what is not quite worth adding will soon be
MORE = 16  # arcs of one entry that are added in one turn


def lacking(priced: Priced, chosen: Array) -> Array:
    """The arcs to add, the best few of each entry; none where the flow is the best of all there are."""
    of_entry, of_judge = _prices(priced, chosen)
    benefit, allowed = priced.problem.benefit, priced.problem.allowed
    added = np.zeros_like(chosen)
    better = False
    for begin in range(0, len(benefit), BLOCK):
        rows = slice(begin, begin + BLOCK)
        gain = benefit[rows] + of_judge - of_entry[rows, None]
        gain[chosen[rows] | ~allowed[rows]] = -NEARLY
        better = better or bool((gain > 0).any())
        width = gain.shape[1]
        most = min(MORE, width)
        best = np.argpartition(gain, width - most, axis=1)[:, width - most :]
        np.put_along_axis(added[rows], best, np.take_along_axis(gain, best, axis=1) > -NEARLY, axis=1)
    return added if better else np.zeros_like(chosen)


def _prices(priced: Priced, chosen: Array) -> tuple[Array, Array]:
    """The shortest ways to every entry and judge through what the flow left over, from anywhere.

    There is no circle of negative length, or the flow were not the best, so this ends.
    """
    problem, found = priced.problem, priced.found
    height, width = problem.benefit.shape
    used = np.zeros_like(chosen)
    used[found.entries, found.judges] = True
    free = _Arcs(priced, chosen & ~used)
    back = _Arcs(priced, used)
    next_load, last_load, next_short, last_short = priced.margins()
    of_entry, of_judge, of_sink = np.zeros(height, np.int64), np.zeros(width, np.int64), 0
    while True:
        before = (of_entry.sum(), of_judge.sum(), of_sink)
        free.to_judges(of_entry, of_judge)
        of_sink = min(of_sink, int((of_judge + next_load).min()), int((of_entry + next_short).min()))
        np.minimum(of_judge, of_sink - last_load, out=of_judge)
        np.minimum(of_entry, of_sink - last_short, out=of_entry)
        back.to_entries(of_judge, of_entry)
        if before == (of_entry.sum(), of_judge.sum(), of_sink):
            return of_entry, of_judge


class _Arcs:
    """Arcs between entries and judges, in the order of either, so that the least of each is found at once."""

    def __init__(self, priced: Priced, marked: Array) -> None:
        self.entries, self.judges = np.nonzero(marked)
        self.worth = priced.worth(self.entries, self.judges)
        self.order = np.argsort(self.judges, kind="stable")
        self.by_judge, self.first_of_judge = np.unique(self.judges[self.order], return_index=True)
        self.by_entry, self.first_of_entry = np.unique(self.entries, return_index=True)
        self.entries_ordered, self.worth_ordered = self.entries[self.order], self.worth[self.order]

    def to_judges(self, of_entry: Array, of_judge: Array) -> None:
        """Shorten the ways to judges by these arcs."""
        if len(self.entries):
            ways = of_entry[self.entries_ordered] - self.worth_ordered
            _lower(of_judge, self.by_judge, np.minimum.reduceat(ways, self.first_of_judge))

    def to_entries(self, of_judge: Array, of_entry: Array) -> None:
        """Shorten the ways to entries by these arcs, gone backwards."""
        if len(self.entries):
            ways = of_judge[self.judges] + self.worth
            _lower(of_entry, self.by_entry, np.minimum.reduceat(ways, self.first_of_entry))


def _lower(known: Array, places: Array, ways: Any) -> None:
    known[places] = np.minimum(known[places], ways)
