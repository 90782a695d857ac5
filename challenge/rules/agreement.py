"""How far judges agree: Krippendorff's alpha for interval data, exact, with scores that are missing.

From its definition in K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections C to E:
alpha = 1 - observed / expected disagreement, where the difference of two values is squared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

Value = Decimal | Fraction | int


def alpha_interval(units: Iterable[Sequence[Value]]) -> Fraction | None:
    """Alpha of the units, each the values that judges gave it; who gave none is left out of it.

    1 is perfect agreement, 0 what chance would give, below 0 worse than chance. None where no unit has two
    values, or where all values are the same: without any variation agreement cannot be told from chance.
    """
    count, total, squares, observed = 0, Fraction(0), Fraction(0), Fraction(0)
    for unit in units:
        if len(unit) < 2:
            continue  # a value that nothing can be compared with
        values = [Fraction(value) for value in unit]
        mine, own = sum(values, Fraction(0)), sum((value * value for value in values), Fraction(0))
        observed += Fraction(_of_pairs(len(values), mine, own), len(values) - 1)
        count, total, squares = count + len(values), total + mine, squares + own
    expected = _of_pairs(count, total, squares)
    if not expected:
        return None
    return 1 - (count - 1) * observed / expected


def _of_pairs(count: int, total: Fraction, squares: Fraction) -> Fraction:
    """The sum of (a - b)² over all ordered pairs of so many values with this sum and sum of squares."""
    return 2 * (count * squares - total * total)
