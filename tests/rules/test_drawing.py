"""The drawn order: the same for everyone who has seed, word and codes, and by the written rule."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge.rules import drawing

CODES = ["S-0001", "S-0002", "S-0003", "S-0004"]


def said(**other: object) -> dict[str, object]:
    seed, word = "0f" * 32, "seven"
    order = drawing.order(seed, word, CODES)
    whole = {"format": drawing.FORMAT, "digest": drawing.digest_of(seed), "seed": seed, "word": word}
    return {**whole, "codes": CODES, "order": order, **other}


def test_rule_is_the_one_that_is_written_down() -> None:
    lines = {code: hashlib.sha256(f"seed\nword\n{code}".encode()).hexdigest() for code in CODES}
    assert drawing.order("seed", "word", CODES) == sorted(CODES, key=lambda code: lines[code])


@given(seed=st.text(), word=st.text(), codes=st.sets(st.text(), max_size=8), turn=st.randoms())
def test_order_depends_on_nothing_else(seed: str, word: str, codes: set[str], turn: object) -> None:
    shuffled = list(codes)
    turn.shuffle(shuffled)  # type: ignore[attr-defined]
    found = drawing.order(seed, word, shuffled)
    assert found == drawing.order(seed, word, sorted(codes))
    assert set(found) == codes


@pytest.mark.parametrize(
    ("other", "noted", "found"),
    [
        ({}, None, []),
        ({}, drawing.digest_of("0f" * 32).upper(), []),
        ({}, "a" * 64, ["noted_differs"]),
        ({"seed": "00" * 32}, None, ["digest_differs", "order_differs"]),
        ({"word": "eight"}, None, ["order_differs"]),
        ({"order": CODES[:3]}, None, ["order_differs"]),
        ({"seed": None, "word": None}, None, ["not_drawn"]),
        ({"format": "another"}, None, ["not_a_draw"]),
        ({"codes": [1, 2]}, None, ["not_a_draw"]),
        ({"digest": None}, None, ["not_a_draw"]),
    ],
)
def test_what_does_not_hold_is_named(other: dict[str, object], noted: str | None, found: list[str]) -> None:
    assert drawing.faults(said(**other), noted) == found
