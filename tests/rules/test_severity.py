"""A judge beside the panel, by figures that can be redone by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from challenge.rules.favour import favour
from challenge.rules.severity import Beside, beside, differences, far, quartiles

ONE = Decimal(1)


def scores(*rows: tuple[int | None, ...]) -> dict[int, dict[int, Decimal]]:
    """Entries with their scores by judge, both numbered from 1; None where a judge gave none."""
    return {
        entry: {judge: Decimal(value) for judge, value in enumerate(row, 1) if value is not None}
        for entry, row in enumerate(rows, 1)
    }


def test_severity_is_the_mean_difference_from_the_others_on_shared_entries() -> None:
    apart = differences(scores((5, 7, 9), (4, 6, None), (3, None, None)))
    assert apart[1] == {1: Fraction(-3), 2: Fraction(-2)}, "alone on the third, it says nothing"
    harsh = beside(apart[1].values())
    assert harsh == Beside(2, Fraction(-5, 2), 0.5**0.5)
    assert beside(apart[3].values()) == Beside(1, Fraction(3), None)
    assert beside([]) == Beside(0, None, None)


def test_all_differences_of_an_entry_scored_by_two_cancel_out() -> None:
    apart = differences(scores((8, 5)))
    assert apart[1][1] + apart[2][1] == 0


def test_score_far_from_the_panel_is_found_and_two_judges_alone_have_no_odd_one() -> None:
    usual = [(7, 7, 8), (6, 7, 7), (5, 5, 5)] * 3
    (found,) = far(scores(*usual, (9, 9, 1)), ONE)
    assert (found.entry, found.judge, found.score, found.panel) == (10, 3, 1, 9)
    assert found.difference == -8
    assert far(scores(*usual, (9, 1)), ONE) == []
    assert far(scores(*usual), ONE) == []
    assert far({}, ONE) == []


def test_quartiles_lie_between_scores_where_they_fall_between() -> None:
    assert quartiles([Decimal(4)]) == (4, 4, 4, 4, 4)
    assert quartiles([Decimal(n) for n in (1, 2, 3, 4)]) == (
        1,
        Decimal("1.75"),
        Decimal("2.5"),
        Decimal("3.25"),
        4,
    )


def test_chance_of_a_favour_is_counted_out_where_there_are_few_ways() -> None:
    high = [Fraction(3), Fraction(2)]
    found = favour(high, [Fraction(0), Fraction(-1), Fraction(1)], "seed")
    assert found is not None
    assert (found.difference, found.chance, found.exact) == (Fraction(5, 2), Fraction(1, 10), True)
    assert not found.unusual(1), "of five entries no group of two is ever below 1 in 10"


def test_plain_favour_is_unusual_and_even_scores_are_not() -> None:
    rest = [Fraction(n % 3 - 1) for n in range(30)]
    seen = favour([Fraction(4)] * 6, rest, "seed")
    assert seen is not None
    assert not seen.exact
    assert seen.chance == Fraction(1, 10_000)
    assert seen.unusual(20)
    even = favour([Fraction(0)] * 6, rest, "seed")
    assert even is not None
    assert even.chance > Fraction(1, 4)
    assert even == favour([Fraction(0)] * 6, rest, "seed"), "the same draws for the same seed"


def test_nothing_is_said_of_an_empty_group_or_without_others() -> None:
    assert favour([], [Fraction(1)] * 5, "seed") is None
    assert favour([Fraction(1)], [Fraction(1)], "seed") is None
