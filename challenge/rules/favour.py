"""Whether a judge scored one group of entries higher than the rest, and how easily chance does the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb
from random import Random

EXACT_UP_TO = 2_000  # ways to draw the group
DRAWS, ENOUGH = 9_999, 20
LEAST_REST = 2  # other entries that it takes to say what this judge does else
LEVEL = Fraction(1, 20)


@dataclass(frozen=True, slots=True)
class Favour:
    """The mean of the group less that of the rest, and the share of draws that give as much or more."""

    group: int
    rest: int
    difference: Fraction
    chance: Fraction
    exact: bool

    def unusual(self, comparisons: int) -> bool:
        """Whether chance gives as much in less than 1 of 20 rounds, so many comparisons made (Bonferroni)."""
        return self.difference > 0 and self.chance * comparisons <= LEVEL


def favour(group: Sequence[Fraction], rest: Sequence[Fraction], seed: str) -> Favour | None:
    """Test one judge's differences from the panel in a group of entries against those in the rest.

    A permutation test of one side: every way to draw as many entries, up to 2,000 ways; above, random draws
    from `seed` that end once 20 gave as much (Besag and Clifford, Sequential Monte Carlo p-values, 1991).
    None where the group is empty or fewer than two entries are left to compare it with.
    """
    if not group or len(rest) < LEAST_REST:
        return None
    # Drawing from all of them, the sum of the group alone decides: the total stays as it is.
    whole = [*group, *rest]
    sums = sum(group, Fraction(0))
    apart = sums / len(group) - sum(rest, Fraction(0)) / len(rest)
    size = len(group)
    if comb(len(whole), size) <= EXACT_UP_TO:
        tried = [sum(drawn, Fraction(0)) >= sums for drawn in combinations(whole, size)]
        return Favour(size, len(rest), apart, Fraction(sum(tried), len(tried)), exact=True)
    return Favour(size, len(rest), apart, _drawn(whole, size, float(sums), seed), exact=False)


def _drawn(whole: Sequence[Fraction], size: int, sums: float, seed: str) -> Fraction:
    draw, values = Random(seed), [float(value) for value in whole]  # noqa: S311  # nosec B311 - a test, no secret
    edge, reached = sums - 1e-9, 0
    for number in range(1, DRAWS + 1):
        reached += sum(draw.sample(values, size)) >= edge
        if reached == ENOUGH:
            return Fraction(reached, number)
    return Fraction(reached + 1, DRAWS + 1)
