"""A score stands on its criterion's scale, or is told why not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge.rules.scales import check_score, read_score
from tests.rules.scorecards import IDEA, criterion


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("7.5", None),
        ("0", None),
        ("-0", None),
        ("10.00", None),
        (Decimal("0.5"), None),
        (7, None),
        ("７．５", None),
        ("7.25", "off_step"),
        ("7.5000000000000000001", "off_step"),
        (Decimal("1E-1000"), "off_step"),
        (Decimal("5." + "0" * 200 + "1"), "off_step"),
        ("10.5", "off_scale"),
        ("-0.5", "off_scale"),
        (Decimal("1E+1000"), "off_scale"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("1e1", "not_a_number"),
        ("1_0", "not_a_number"),
        ("", "not_a_number"),
        ("eight", "not_a_number"),
        (Decimal("NaN"), "not_a_number"),
        (Decimal("sNaN"), "not_a_number"),
        (Decimal("-Infinity"), "not_a_number"),
        (None, "not_a_number"),
        (True, "not_a_number"),
        (7.5, "not_a_number"),  # a binary fraction is no decimal score
    ],
)
def test_score_stands_on_its_scale_or_is_told_why_not(value: object, code: str | None) -> None:
    assert check_score(IDEA, value) == code


def test_steps_count_from_the_minimum() -> None:
    scale = criterion("marks", "1", minimum="1", maximum="5", step="2")
    assert [check_score(scale, mark) for mark in range(1, 6)] == [None, "off_step", None, "off_step", None]


@given(st.text() | st.decimals() | st.floats() | st.integers())
def test_any_value_gets_a_verdict(value: object) -> None:
    if check_score(IDEA, value) is None:
        score = read_score(value)
        assert score is not None
        assert score * 2 in range(21)


@pytest.mark.parametrize(
    "wrong", [{"minimum": "10"}, {"step": "0"}, {"weight": "-1"}, {"weight": "NaN"}, {"maximum": "Infinity"}]
)
def test_criterion_refuses_a_scale_that_is_none(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="criterion idea"):
        criterion("idea", **{"weight": "1"} | wrong)
