"""Judges to entries: how long the flow takes, and that it is the best there is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bench.rows import Row
from challenge.engines.assigning import Array, Problem, Solution, solve

PER_ENTRY, TOPICS, CONFLICTS = 3, 24, 0.02
SIZES = ((2_000, 400, 0.5), (10_000, 1_500, 3.0))
TRIES = 3  # seeds of each size
SMALL = 40  # problems that are solved a second way


@dataclass(frozen=True, slots=True)
class Run:
    """One problem with what came of it."""

    problem: Problem
    found: Solution
    seconds: float

    def out_of_bounds(self) -> int:
        """Entries without their judges, judges beyond their bounds, pairs in conflict: all counted."""
        height, width = self.problem.benefit.shape
        covered = np.bincount(self.found.entries, minlength=height)
        loads = np.bincount(self.found.judges, minlength=width)
        barred = ~self.problem.allowed[self.found.entries, self.found.judges]
        wrong = (covered != self.problem.need).sum() + barred.sum()
        return int(wrong + (loads < self.problem.lower).sum() + (loads > self.problem.upper).sum())


def assignments(seed: int) -> list[Row]:
    """Both sizes over their seeds, the sparse search against all arcs, the flow against trying all ways."""
    rows = []
    for height, width, target in SIZES:
        runs = [_run(made(height, width, seed + turn)) for turn in range(TRIES)]
        name = f"assignment of {height:,} entries to {width:,} judges"
        rows += [
            Row(f"{name}: slowest of {TRIES}", round(max(each.seconds for each in runs), 2), "s", target),
            Row(f"{name}: out of bounds", sum(each.out_of_bounds() for each in runs), "cases", 0, "eq"),
        ]
    costs = [_costs(made(2_000, 400, seed + turn)) for turn in range(TRIES)]
    worse = sum(sparse - dense for sparse, dense in costs)
    rows.append(Row("assignment of 2,000 to 400, sparse against dense: worse by", worse, "points", 0, "eq"))
    lost = sum(_lost(seed + turn) for turn in range(SMALL))
    rows.append(Row(f"{SMALL} small assignments against all ways there are: lost", lost, "points", 0, "eq"))
    return rows


def made(height: int, width: int, seed: int, per_entry: int = PER_ENTRY) -> Problem:
    """Entries and judges of a few topics each, some pairs barred, least and most loads near the mean."""
    lot = np.random.default_rng(seed)
    entries, judges = (lot.dirichlet(np.full(TOPICS, 0.2), count) for count in (height, width))
    fit = entries @ judges.T
    mean = per_entry * height / width
    empty = np.zeros((height, width), dtype=bool)
    return Problem(
        benefit=np.rint(1000 * fit / fit.max()).astype(np.int32),
        allowed=lot.random((height, width)) >= CONFLICTS,
        need=np.full(height, per_entry),
        lower=np.full(width, int(mean * 0.7)),
        upper=np.full(width, int(mean * 1.3) + 1),
        load=np.zeros(width, dtype=int),
        existing=empty,
    )


def _run(problem: Problem) -> Run:
    began = time.perf_counter()
    found = solve(problem)
    return Run(problem, found, time.perf_counter() - began)


def _costs(problem: Problem) -> tuple[int, int]:
    """What the search from the best of both sides costs, and what all arcs do."""
    return solve(problem, dense=1).cost, solve(problem).cost


def _lost(seed: int) -> int:
    """Points that the flow lacks against trying all ways, of a problem that can be covered."""
    problem = made(6, 4, seed, per_entry=2)
    best = best_by_trying(problem)
    if best is None:
        return 0
    found = solve(problem)
    return best - int(problem.benefit[found.entries, found.judges].sum())


def best_by_trying(problem: Problem) -> int | None:
    """The most points among all ways, entry by entry; None where not everything can be covered."""
    ways: dict[tuple[int, ...], int] = {(0,) * problem.benefit.shape[1]: 0}
    for row, allowed, need in zip(problem.benefit, problem.allowed, problem.need, strict=True):
        after: dict[tuple[int, ...], int] = {}
        for loads, points in ways.items():
            for chosen in combinations(np.flatnonzero(allowed).tolist(), int(need)):
                new = tuple(load + (judge in chosen) for judge, load in enumerate(loads))
                if _within(new, problem.upper):
                    after[new] = max(after.get(new, -1), points + int(row[list(chosen)].sum()))
        ways = after
    ended = [
        points for loads, points in ways.items() if _within(tuple(-each for each in loads), -problem.lower)
    ]
    return max(ended, default=None)


def _within(loads: tuple[int, ...], most: Array) -> bool:
    return all(load <= each for load, each in zip(loads, most, strict=True))
