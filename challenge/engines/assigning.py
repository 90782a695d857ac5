"""Judges to entries as one min-cost flow: how many an entry needs, how many a judge takes, who fits best.

For the child process of `engines.matching`, and for the bench. Nothing here is ever infeasible: what cannot
be covered is left out at a price, so that as much as possible is covered and the rest can be named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.graph.python import min_cost_flow

from challenge.engines import pricing

Array = np.ndarray[Any, Any]

DENSE = 2_000_000  # arcs; above it the search begins with the best of both sides
BEST = 8  # of each side at first
ELSEWHERE = 500  # of a benefit up to 1000, taken off where the judge does not read the entry's language
NEAR = 10  # units of load beyond the mean whose cost still rises


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be shared out. `benefit` and `allowed` have a row an entry and a column a judge.

    `need`, `lower` and `upper` are what is still to be given, beyond what is fixed; `load` is what is fixed.
    `existing` marks pairs that stand and may be moved, which happens only to cover more. The pairs of a judge
    who has much already cost `evenness` more for each.
    """

    benefit: Array
    allowed: Array
    need: Array
    lower: Array
    upper: Array
    load: Array
    existing: Array
    evenness: int = 0


@dataclass(frozen=True, slots=True)
class Prices:
    """What outweighs what: an entry covered, an existing pair kept, a least load reached, then benefit.

    Improving a flow goes round a circle that passes each judge once. So each price is more than all that one
    such circle could gain of what is worth less: the order holds whatever the numbers are.
    """

    short: int
    keep: int
    least: int

    def lacking(self, rank: Any) -> Any:
        """The price of an entry's first lacking judge (rank 0), its second: what is short is spread."""
        return self.short + rank * (self.short // 100)


@dataclass(frozen=True, slots=True)
class Solution:
    """The pairs (entry, judge) by their places, and what the flow cost; `arcs` is how many it chose from."""

    entries: Array
    judges: Array
    cost: int
    arcs: int


@dataclass(frozen=True, slots=True)
class Priced:
    """A problem with its prices and the best flow of some of its arcs."""

    problem: Problem
    prices: Prices
    found: Solution

    def worth(self, entries: Array, judges: Array) -> Array:
        """What pairs are worth to the flow: benefit, and that they stand."""
        return _worth(self.problem, self.prices, entries, judges)

    def margins(self) -> tuple[Array, Array, Array, Array]:
        """The cost of one more and of the last: of each judge's load, and of each entry's lacking judges.

        What cannot be had is as good as endless.
        """
        height, width = self.problem.benefit.shape
        loads = np.bincount(self.found.judges, minlength=width)
        short = self.problem.need - np.bincount(self.found.entries, minlength=height)
        never = np.int64(1) << 60
        return (
            np.where(loads < self.problem.upper, _unit(self.problem, self.prices, loads), never),
            np.where(loads > 0, _unit(self.problem, self.prices, loads - 1), -never),
            np.where(short < self.problem.need, self.prices.lacking(short), never),
            np.where(short > 0, self.prices.lacking(short - 1), -never),
        )


def solve(problem: Problem, dense: int = DENSE) -> Solution:
    """The best flow: over all arcs up to `dense` of them, else over the best and whatever betters it."""
    price = prices(problem)
    if np.count_nonzero(problem.allowed) <= dense:
        return _flow(problem, problem.allowed, price)
    chosen = _best(problem)
    while True:
        found = _flow(problem, chosen, price)
        more = pricing.lacking(Priced(problem, price, found), chosen)
        if not more.any():
            return found
        chosen |= more


def _best(problem: Problem) -> Array:
    """The arcs to begin with: the best of every entry and of every judge, and all that stand."""
    height, width = problem.benefit.shape
    # Equal ones in an order by lot: the same few judges for everybody would cover nothing.
    worth = problem.benefit.astype(np.float32)
    worth -= np.random.default_rng(0).random(worth.shape, dtype=np.float32)
    worth[~problem.allowed] = -np.inf
    of_entry = min(max(BEST, 2 * int(problem.need.max(initial=1))), width)
    of_judge = min(max(BEST, int(problem.lower.max(initial=1)), of_entry * height // width), height)
    least = np.partition(worth, width - of_entry, axis=1)[:, width - of_entry]
    chosen = worth >= least[:, None]
    of_judges = np.ascontiguousarray(worth.T)
    least = np.partition(of_judges, height - of_judge, axis=1)[:, height - of_judge]
    chosen |= worth >= least[None, :]
    chosen |= problem.existing
    chosen &= problem.allowed
    return chosen


def prices(problem: Problem) -> Prices:
    """The prices of this problem."""
    width = problem.benefit.shape[1]
    spread = int(problem.benefit.max(initial=0)) - int(problem.benefit.min(initial=0)) + 1
    uneven = problem.evenness * (int(problem.load.max(initial=0)) + _rising(problem) + 1)
    least = (width + 1) * spread + 2 * uneven
    keep = least * 3 if problem.existing.any() else 0
    return Prices((width + 1) * (spread + keep) + 2 * (uneven + least), keep, least)


def _rising(problem: Problem) -> int:
    """Up to which load a judge's next pair costs more than the one before."""
    mean = int(problem.need.sum()) // max(problem.benefit.shape[1], 1)
    return int(2 * mean + problem.lower.max(initial=0)) + NEAR


def _flow(problem: Problem, chosen: Array, prices: Prices) -> Solution:
    height, width = problem.benefit.shape
    sink = height + width
    entries, judges = np.nonzero(chosen)
    costs = -_worth(problem, prices, entries, judges)
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        entries.astype(np.int32), (height + judges).astype(np.int32), np.ones_like(costs), costs
    )
    for seats, room, price in _loads(problem, prices):
        flow.add_arcs_with_capacity_and_unit_cost(
            (height + seats).astype(np.int32), np.full(len(seats), sink, np.int32), room, price
        )
    for rank in range(int(problem.need.max(initial=0))):
        short = np.flatnonzero(problem.need > rank).astype(np.int32)
        price = np.full(len(short), prices.lacking(rank), np.int64)
        ends = np.full(len(short), sink, np.int32)
        flow.add_arcs_with_capacity_and_unit_cost(short, ends, np.ones(len(short), np.int64), price)
    flow.set_nodes_supplies(np.arange(height, dtype=np.int32), problem.need.astype(np.int64))
    flow.set_node_supply(sink, -int(problem.need.sum()))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"the flow ended as {status}")
    used = flow.flows(np.arange(len(costs), dtype=np.int32)) > 0
    return Solution(entries[used], judges[used], int(flow.optimal_cost()), len(costs))


def _worth(problem: Problem, prices: Prices, entries: Array, judges: Array) -> Array:
    worth: Array = problem.benefit[entries, judges].astype(np.int64)
    worth += prices.keep * problem.existing[entries, judges]
    return worth


def _unit(problem: Problem, prices: Prices, number: Array) -> Array:
    """What each judge's pair of this number (0 is the first) costs; what a least load asks for is paid."""
    risen = problem.load.astype(np.int64) + np.minimum(number, _rising(problem))
    cost: Array = problem.evenness * risen - prices.least * (number < problem.lower)
    return cost


def _loads(problem: Problem, prices: Prices) -> Iterator[tuple[Array, Array, Array]]:
    """The arcs out of the judges: (judges, capacities, costs), as `_unit` has them."""
    lower = np.minimum(problem.lower, problem.upper).astype(np.int64)
    upper = problem.upper.astype(np.int64)
    everyone = np.arange(len(upper))
    steps = min(_rising(problem), int(upper.max(initial=0))) if problem.evenness else 0
    for step in range(steps):
        seats = np.flatnonzero(upper > step)
        cost = _unit(problem, prices, np.full(len(upper), step))
        yield seats, np.ones(len(seats), np.int64), cost[seats]
    for begin, end in ((np.full(len(upper), steps), lower), (np.maximum(lower, steps), upper)):
        yield everyone, np.clip(end - begin, 0, None), _unit(problem, prices, begin)
