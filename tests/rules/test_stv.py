"""Ranked ballots: published worked examples, ties as declared, exact sums."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from challenge.rules.stv import Count, count


def ballots(*groups: tuple[int, str]) -> list[list[str]]:
    return [names.split(">") for number, names in groups for _ in range(number)]


def done(counted: Count) -> list[tuple[str, tuple[str, ...]]]:
    return [(stage.done, stage.entries) for stage in counted.stages]


def test_the_party_food_of_the_encyclopedia() -> None:
    """Wikipedia, "Single transferable vote", example of 20 guests and 3 foods (as of 2010 to 2020)."""
    papers = ballots(
        (4, "orange"),
        (2, "pear>orange"),
        (8, "chocolate>strawberry"),
        (4, "chocolate>sweets"),
        (1, "strawberry"),
        (1, "sweets"),
    )
    counted = count({"orange", "pear", "chocolate", "strawberry", "sweets"}, papers, 3, "s")
    assert counted.quota == 6
    assert done(counted) == [
        ("elected", ("chocolate",)),
        ("surplus", ("chocolate",)),
        ("excluded", ("pear",)),
        ("elected", ("orange",)),
        ("excluded", ("sweets",)),
        ("filled", ("strawberry",)),
        ("end", ()),
    ]
    assert counted.stages[2].votes == {
        "orange": 4,
        "pear": 2,
        "chocolate": 6,
        "strawberry": 5,
        "sweets": 3,
    }
    assert counted.order == ("chocolate", "orange", "strawberry", "sweets", "pear")


def test_two_seats_among_four_of_the_encyclopedia() -> None:
    """Wikipedia, "Counting single transferable votes": 57 ballots, quota 20, Andrea and Carter."""
    papers = ballots(
        (16, "Andrea>Brad>Carter>Delilah"),
        (24, "Andrea>Carter>Brad>Delilah"),
        (17, "Delilah>Andrea>Brad>Carter"),
    )
    counted = count({"Andrea", "Brad", "Carter", "Delilah"}, papers, 2, "s")
    assert counted.quota == 20
    assert counted.stages[2].votes == {"Andrea": 20, "Brad": 8, "Carter": 12, "Delilah": 17}
    assert counted.elected == ("Andrea", "Carter")


def test_one_seat_is_the_instant_run_off() -> None:
    """Wikipedia, "Instant-runoff voting", the capital of Tennessee: Knoxville wins with 58 of 100."""
    papers = ballots(
        (42, "Memphis>Nashville>Chattanooga>Knoxville"),
        (26, "Nashville>Chattanooga>Knoxville>Memphis"),
        (15, "Chattanooga>Knoxville>Nashville>Memphis"),
        (17, "Knoxville>Chattanooga>Nashville>Memphis"),
    )
    counted = count({"Memphis", "Nashville", "Chattanooga", "Knoxville"}, papers, 1, "s")
    assert counted.elected == ("Knoxville",)
    assert counted.stages[-1].votes["Knoxville"] == 58
    assert counted.order == ("Knoxville", "Memphis", "Nashville", "Chattanooga")


def test_an_equal_count_is_split_by_the_earlier_stage_then_by_lot() -> None:
    # At the second stage C has 3 and B 3; B had more at the first.
    papers = ballots((4, "A"), (3, "B"), (2, "C"), (1, "D>C"))
    counted = count({"A", "B", "C", "D"}, papers, 1, "s")
    assert [(s.entries, s.tie) for s in counted.stages if s.done == "excluded"][:2] == [
        (("D",), ""),
        (("C",), "earlier"),
    ]
    level = ballots((1, "A"), (1, "B"))
    by_seed = {count({"A", "B"}, level, 1, seed).order for seed in "abcdefgh"}
    assert by_seed == {("A", "B"), ("B", "A")}, "the seed decides, and either may win"
    assert count({"A", "B"}, level, 1, "a").stages[0].tie == "lot"


def test_thirds_stay_thirds() -> None:
    papers = ballots((4, "A>B>C"), (3, "A>C>B"), (1, "B"), (1, "C"), (1, "D"))
    counted = count({"A", "B", "C", "D"}, papers, 2, "s")
    # Ten ballots, quota 4: the surplus of 3 among 7 ballots is 3/7 each.
    assert counted.stages[2].votes["B"] == 1 + Fraction(12, 7)
    assert counted.stages[2].votes["C"] == 1 + Fraction(9, 7)


@pytest.mark.parametrize("seed", range(20))
def test_no_vote_is_lost_and_the_order_of_ballots_says_nothing(seed: int) -> None:
    draw = random.Random(seed)
    names = [f"E{number}" for number in range(7)]
    papers = [draw.sample(names, draw.randint(1, 7)) for _ in range(23)]
    counted = count(names, papers, draw.randint(1, 4), "s")
    for stage in counted.stages:
        assert sum(stage.votes.values()) + stage.rest == 23
    assert sorted(counted.order) == names
    draw.shuffle(papers)
    assert count(reversed(names), papers, counted.seats, "s") == counted


def test_what_is_no_entry_or_twice_is_passed_over() -> None:
    counted = count({"A", "B"}, [["X", "B", "B", "A"], [], ["Y"]], 1, "s")
    assert counted.quota == 1
    assert counted.order == ("B", "A")
    with pytest.raises(ValueError, match="seat"):
        count({"A"}, [], 0, "s")
