"""Two windows, one draft: what is written, what is left alone, what a person has to decide."""

from __future__ import annotations

import pytest

from challenge.rules.merging import Merged, merge, same_score, same_text


def merged(typed: str, seen: str | None, stored: str) -> Merged:
    before = {} if seen is None else {"a": seen}
    return merge({"a": typed}, before, {"a": stored}, lambda _name: same_text)


@pytest.mark.parametrize(
    ("typed", "seen", "stored", "changed", "contested"),
    [
        ("8", "", "", True, False),  # typed here alone
        ("8", "8", "8", False, False),  # nothing happened
        ("", "8", "8", True, False),  # emptied here
        ("8", "8", "7", False, False),  # changed elsewhere alone
        ("8", "", "8", False, False),  # the same on both sides
        ("8", "", "7", False, True),  # something else on both sides
        ("", "8", "7", False, True),
        ("8", None, "7", True, False),  # a caller that has not looked
    ],
)
def test_each_field_against_what_was_seen_and_what_is_stored(
    typed: str, seen: str | None, stored: str, changed: bool, contested: bool
) -> None:
    found = merged(typed, seen, stored)
    assert found.changed == ({"a": typed} if changed else {})
    assert found.contested == ({"a": stored} if contested else {})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("8", "8.0", True), ("7,5", "7.5", True), ("", " ", True), ("", "0", False), ("x", "x", True)],
)
def test_two_spellings_of_a_score_are_one(one: str, other: str, same: bool) -> None:
    assert same_score(one, other) is same


def test_line_ends_are_no_difference() -> None:
    assert same_text("a\r\nb", "a\nb")
    assert not same_text("a b", "a\nb")
