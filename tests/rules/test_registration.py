"""The unified social credit code: what is kept, and what is refused at its field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge.rules.errors import Invalid
from challenge.rules.registration import ALPHABET, check_character, credit_code

# Codes that stand in public registers.
KNOWN = ("9144030071526726XG", "914403001922038216", "91330100799655058B", "91110000802100433B")


@pytest.mark.parametrize("code", KNOWN)
def test_codes_of_real_companies_hold(code: str) -> None:
    assert credit_code("code", code) == code


@pytest.mark.parametrize(
    "typed", [" 91330100799655058b ", "９１３３０１００７９９６５５０５８Ｂ", "91330100-799655058B"]
)
def test_it_is_kept_half_width_and_in_capitals(typed: str) -> None:
    assert credit_code("code", typed) == "91330100799655058B"


@pytest.mark.parametrize("nothing", ["", "   "])
def test_nothing_written_is_no_code(nothing: str) -> None:
    assert credit_code("code", nothing) is None


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("9133010079965505", "credit_code_length"),
        ("91330100799655058B1", "credit_code_length"),
        ("9I330100799655058B", "credit_code_character"),
        ("91330100799655058O", "credit_code_character"),
        ("91330100799655058C", "credit_code_checksum"),
        ("91330100799655085B", "credit_code_checksum"),
    ],
)
def test_a_wrong_code_says_why_at_its_field(typed: str, why: str) -> None:
    with pytest.raises(Invalid) as refusal:
        credit_code("code", typed)
    assert (refusal.value.field, refusal.value.code) == ("code", why)


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(start: str, place: int, other: str) -> None:
    code = start + check_character(start)
    wrong = code[:place] + other + code[place + 1 :]
    assert credit_code("code", code) == code
    if wrong != code:
        with pytest.raises(Invalid):
            credit_code("code", wrong)
