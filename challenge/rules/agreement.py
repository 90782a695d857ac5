"""How far judges agree: Krippendorff's alpha for interval data, exact, with scores that are missing.

From its definition in K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections C to E:
alpha = 1 - observed / expected disagreement, where the difference of two values is squared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from challenge.rules.whole import digits_of, whole


def alpha_interval(units: Iterable[Sequence[Decimal]]) -> Fraction | None:
    """Alpha of the units, each the values that judges gave it; who gave none is left out of it.

    1 is perfect agreement, 0 what chance would give, below 0 worse than chance. None where no unit has two
    values, or where all values are the same: without any variation agreement cannot be told from chance.
    """
    pairable = [unit for unit in units if len(unit) > 1]  # a single value has nothing to be compared with
    digits = digits_of(value for unit in pairable for value in unit)
    count = total = squares = 0
    observed: Counter[int] = Counter()  # by what it is divided by
    for unit in pairable:
        values = [whole(value, digits) for value in unit]  # alpha does not change with the unit of measure
        mine, own = sum(values), sum(value * value for value in values)
        observed[len(values) - 1] += _of_pairs(len(values), mine, own)
        count, total, squares = count + len(values), total + mine, squares + own
    expected = _of_pairs(count, total, squares)
    if not expected:
        return None
    inside = sum((Fraction(size, parts) for parts, size in observed.items()), Fraction(0))
    return 1 - (count - 1) * inside / expected


def _of_pairs(count: int, total: int, squares: int) -> int:
    """The sum of (a - b)² over all ordered pairs of so many values with this sum and sum of squares."""
    return 2 * (count * squares - total * total)
