"""Typed sums: what is read, what is refused, and that 元 and 万元 never mix."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge.rules.money import MOST_MINOR, Unit, amount_text, minor_digits, parse_amount, to_minor


@pytest.mark.parametrize(
    ("text", "unit", "minor"),
    [
        ("60", "yuan", 6_000),
        ("60", "wan", 60_000_000),
        ("60.5", "wan", 60_500_000),
        ("60.5 万元", "wan", 60_500_000),
        ("60.5万", "wan", 60_500_000),
        ("0.000001", "wan", 1),
        ("1,234.50", "yuan", 123_450),
        ("１，２３４．５", "yuan", 123_450),
        ("¥ 60 元", "yuan", 6_000),
        ("CNY 60", "yuan", 6_000),
        ("$0.99", "yuan", 99),
        (".5", "yuan", 50),
        ("5.", "yuan", 500),
        ("5.1000", "yuan", 510),
        ("0", "yuan", 0),
        ("-0", "yuan", 0),
        ("10000000000000", "yuan", MOST_MINOR),
    ],
)
def test_typed_sum_is_read_in_the_fields_unit(text: str, unit: Unit, minor: int) -> None:
    assert parse_amount(text, unit) == minor


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("", "yuan", "empty"),
        ("  ", "yuan", "empty"),
        ("60 万元", "yuan", "other_unit"),
        ("60 元", "wan", "other_unit"),
        ("NaN", "yuan", "not_a_number"),
        ("Infinity", "yuan", "not_a_number"),
        ("1e3", "yuan", "not_a_number"),
        ("1_000", "yuan", "not_a_number"),
        ("1,00", "yuan", "not_a_number"),
        ("sixty", "yuan", "not_a_number"),
        ("60-80", "yuan", "not_a_number"),
        ("٦٠", "yuan", "not_a_number"),
        ("1" * 61, "yuan", "not_a_number"),
        ("-1", "yuan", "negative"),
        ("¥-1", "yuan", "negative"),
        ("−1", "yuan", "negative"),
        ("0.001", "yuan", "too_precise"),
        ("0.0000001", "wan", "too_precise"),
        ("10000000000000.01", "yuan", "too_large"),
        ("1000000001", "wan", "too_large"),
    ],
)
def test_typed_sum_is_refused_with_its_reason(text: str, unit: Unit, code: str) -> None:
    assert parse_amount(text, unit) == code


def test_currencies_have_their_own_minor_units() -> None:
    assert (minor_digits("CNY"), minor_digits("jpy"), minor_digits("KWD")) == (2, 0, 3)
    assert parse_amount("60", digits=0) == 60
    assert parse_amount("60.5", digits=0) == "too_precise"
    assert amount_text(60_500, digits=3) == "60.5"


@given(st.integers(0, MOST_MINOR), st.sampled_from(["yuan", "wan"]), st.sampled_from([0, 2, 3]))
def test_sum_is_read_back_from_its_text(minor: int, unit: Unit, digits: int) -> None:
    assert parse_amount(amount_text(minor, unit, digits), unit, digits) == minor


@given(st.text())
def test_any_text_gives_a_sum_or_a_code(text: str) -> None:
    answer = parse_amount(text)
    assert isinstance(answer, str) or 0 <= answer <= MOST_MINOR


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        ("1.005", "USD", (101, False)),
        ("1.5", "USD", (150, True)),
        ("1.5", "JPY", (2, False)),
        ("-1", "USD", None),
        ("1E+14", "USD", None),
    ],
)
def test_sum_in_main_units_is_rounded_half_up(
    value: str, currency: str, expected: tuple[int, bool] | None
) -> None:
    assert to_minor(Decimal(value), currency) == expected
