"""Decimals as whole numbers of their last digit: exact, and many times faster than fractions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from challenge.rules.scales import EXACT


def digits_of(numbers: Iterable[Decimal]) -> int:
    """How many decimals it takes to write all of these finite numbers exactly."""
    return max((-int(number.as_tuple().exponent) for number in numbers), default=0)


def whole(number: Decimal, digits: int) -> int:
    """The number in units of that digit; `digits` at least what the number has."""
    return int(EXACT.scaleb(number, digits))
