"""The tree of organizations: who is below, which branch a seeker belongs to, which region holds another."""

from __future__ import annotations

import pytest

from challenge.rules.branches import Branch, branch_for, covers, ordered, reach


def branch(number: int, parent: int | None = None, region: str | None = None, level: int = 1) -> Branch:
    return Branch(number, f"b{number}", f"Branch {number}", None, region, parent, level)


def test_a_manager_reaches_everything_below_and_nothing_beside() -> None:
    parents = {1: None, 2: 1, 3: 1, 4: 2, 5: 4}
    assert reach(parents, [1]) == {1, 2, 3, 4, 5}
    assert reach(parents, [2]) == {2, 4, 5}
    assert reach(parents, [3]) == {3}


def test_a_ring_is_walked_once() -> None:
    assert reach({1: 2, 2: 3, 3: 1}, [1]) == {1, 2, 3}


def test_each_stands_above_its_own_branches() -> None:
    rows = [branch(4, 2, level=2), branch(3, 1), branch(1, level=0), branch(2, 1)]
    assert [each.id for each in ordered(rows)] == [1, 2, 4, 3]


@pytest.mark.parametrize(
    ("wide", "narrow", "held"),
    [
        ("620000", "620100", True),
        ("620100", "620102", True),
        ("620100", "620000", False),
        ("620000", "610000", False),
        ("110000", "110105", True),
        ("", "620000", False),
        ("620000", "兰州", False),
    ],
)
def test_a_region_holds_what_lies_in_it(wide: str, narrow: str, held: bool) -> None:
    assert covers(wide, narrow) is held


def test_the_seekers_own_tree_comes_before_its_region() -> None:
    gansu, lanzhou, shaanxi = branch(2, 1, "620000"), branch(4, 2, "620100"), branch(3, 1, "610000")
    known = [gansu, shaanxi, lanzhou]
    assert branch_for(known, [9, 3, 1], "620100") == shaanxi
    assert branch_for(known, [9], "620102") == lanzhou
    assert branch_for(known, [9], "620500") == gansu
    assert branch_for(known, [9], "110000") is None
    assert branch_for(known, [9], None) is None
