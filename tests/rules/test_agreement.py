"""Krippendorff's alpha against worked examples that were published, and against its definition."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from challenge.rules.agreement import alpha_interval


def units_of(*observers: str) -> list[list[Decimal]]:
    """Lines of figures by observer, a dot where one is missing, turned into the units' values."""
    rows = [line.split() for line in observers]
    return [[Decimal(each) for each in column if each != "."] for column in zip(*rows, strict=True)]


def test_worked_example_of_four_observers_with_missing_data() -> None:
    """K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), data C to E: interval .849."""
    units = units_of(
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    )
    alpha = alpha_interval(units)
    assert alpha is not None
    assert round(float(alpha), 3) == 0.849


def test_worked_example_of_three_coders_with_half_of_the_data_missing() -> None:
    """The example of 15 units in the encyclopaedia's article on Krippendorff's alpha: interval .811."""
    units = units_of(
        ". . . . . 3 4 1 2 1 1 3 3 . 3",
        "1 . 2 1 3 3 4 3 . . . . . . .",
        ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
    )
    alpha = alpha_interval(units)
    assert alpha is not None
    assert round(float(alpha), 3) == 0.811


def test_agreement_is_one_and_without_variation_there_is_none_to_tell() -> None:
    one, more = Decimal(1), Decimal("2.5")
    assert alpha_interval([[one, one], [more, more]]) == 1
    assert alpha_interval([[more, more], [more, more, more]]) is None
    assert alpha_interval([[one], [], [more]]) is None
    assert alpha_interval([]) is None


def test_opposite_scores_are_worse_than_chance() -> None:
    assert alpha_interval([[Decimal(0), Decimal(10)], [Decimal(10), Decimal(0)]]) == Fraction(-1, 2)


@given(st.lists(st.lists(st.decimals(-10, 10, places=2), max_size=4), max_size=6))
def test_it_is_its_definition(units: list[list[Decimal]]) -> None:
    pairable = [[Fraction(value) for value in unit] for unit in units if len(unit) > 1]
    values = [value for unit in pairable for value in unit]
    expected = sum((a - b) ** 2 for a, b in permutations(values, 2))
    if not expected:
        assert alpha_interval(units) is None
        return
    inside = sum(Fraction(sum((a - b) ** 2 for a, b in permutations(u, 2)), len(u) - 1) for u in pairable)
    n = len(values)
    assert alpha_interval(units) == 1 - Fraction(inside, n) / Fraction(expected, n * (n - 1))
