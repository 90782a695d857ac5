"""Decimals as whole numbers of their last digit: exact, and many times faster than fractions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import cast

from challenge.rules.scales import EXACT


def digits_of(numbers: Iterable[Decimal]) -> int:
    """How many decimals it takes to write them all exactly; ValueError where one is not finite."""
    exponents = [number.as_tuple().exponent for number in numbers]
    if not all(isinstance(exponent, int) for exponent in exponents):
        raise ValueError("a score is a finite number")
    return max([0, *(-cast("int", exponent) for exponent in exponents)])


def whole(number: Decimal, digits: int) -> int:
    """The number in units of that digit; `digits` at least what the number has."""
    return int(EXACT.scaleb(number, digits))
