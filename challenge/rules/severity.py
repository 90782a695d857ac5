"""One judge beside the panel: how much harsher or milder, how steady, and which scores lie far off.

Severity and spread compare a score with the mean of the *other* judges of the same entry, so that nobody is
compared with themselves; what a judge scored alone says nothing. Sums are exact; only a spread is a root. Far
scores are told by the panel's median instead: one odd score moves a mean, and the others would look odd too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from statistics import median

from challenge.rules.whole import digits_of, whole

Card = Mapping[int, Decimal]
"""One entry's scores by judge."""

FAR = 3.0  # times the usual difference
USUAL = 1.4826  # what a median of differences is multiplied by to stand for a normal spread


@dataclass(frozen=True, slots=True)
class Beside:
    """A judge beside the others: the mean difference and its spread, over so many shared entries."""

    shared: int
    severity: Fraction | None  # below zero: harsher than the others
    spread: float | None  # of the differences around that mean; from two entries


@dataclass(frozen=True, slots=True)
class Far:
    """A score that lies far from the panel's median of the same entry."""

    entry: int
    judge: int
    score: Decimal
    panel: Decimal
    times: float  # the usual difference

    @property
    def difference(self) -> Decimal:
        """How far, and to which side."""
        return self.score - self.panel


def differences(entries: Mapping[int, Card]) -> dict[int, dict[int, Fraction]]:
    """Judge -> entry -> own score less the mean of the others, of entries with two scores or more."""
    digits = digits_of(score for card in entries.values() for score in card.values())
    unit = 10**digits
    found: dict[int, dict[int, Fraction]] = {}
    for entry, card in entries.items():
        others = len(card) - 1
        if others < 1:
            continue
        scores = {judge: whole(score, digits) for judge, score in card.items()}
        total = sum(scores.values())
        for judge, own in scores.items():
            found.setdefault(judge, {})[entry] = Fraction(own * others - (total - own), others * unit)
    return found


def beside(mine: Iterable[Fraction]) -> Beside:
    """What the differences of one judge come to."""
    values = list(mine)
    if not values:
        return Beside(0, None, None)
    mean = sum(values, Fraction(0)) / len(values)
    if len(values) == 1:
        return Beside(1, mean, None)
    squares = sum(((value - mean) ** 2 for value in values), Fraction(0))
    return Beside(len(values), mean, sqrt(squares / (len(values) - 1)))


def far(entries: Mapping[int, Card], step: Decimal) -> list[Far]:
    """Scores three times the usual difference or more from the panel's median, and two steps; farthest first.

    The usual difference is 1.4826 x the median of all differences without their signs, and never less than
    one step. Of two scores alone neither is the odd one, so an entry takes part from three judges on.
    """
    panels = {entry: median(card.values()) for entry, card in entries.items() if len(card) > 2}
    sizes = [abs(score - panels[entry]) for entry in panels for score in entries[entry].values()]
    if not sizes:
        return []
    usual = max(USUAL * float(median(sizes)), float(step))
    least = max(FAR * usual, 2 * float(step))
    found = [
        Far(entry, judge, score, panel, float(abs(score - panel)) / usual)
        for entry, panel in panels.items()
        for judge, score in entries[entry].items()
        if abs(score - panel) >= least
    ]
    return sorted(found, key=lambda each: (-each.times, each.entry, each.judge))


def quartiles(scores: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal, Decimal, Decimal]:
    """Least, lower quartile, median, upper quartile and most of at least one score (type 7)."""
    known = sorted(scores)

    def at(share: Decimal) -> Decimal:
        place = share * (len(known) - 1)
        low = int(place)
        high = min(low + 1, len(known) - 1)
        return known[low] + (known[high] - known[low]) * (place - low)

    quarter = Decimal("0.25")
    return known[0], at(quarter), at(2 * quarter), at(3 * quarter), known[-1]
