"""How totals lie on their scale, and when judges are far apart."""

from __future__ import annotations

from decimal import Decimal

from challenge.rules import spread


def test_totals_fall_into_ten_parts_the_last_with_its_end() -> None:
    bins = spread.bins([(Decimal(n), n > 40) for n in (0, 4, 5, 45, 49, 50)], Decimal(0), Decimal(50))
    assert [each.count for each in bins] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 3]
    assert (bins[0].low, bins[-1].high) == (Decimal(0), Decimal(50))
    assert [(each.locked, each.drafts) for each in (bins[0], bins[-1])] == [(0, 2), (3, 0)]


def test_a_scale_that_spans_nothing_has_no_parts() -> None:
    assert spread.bins([], Decimal(5), Decimal(5)) == []


def test_spread_is_a_share_of_the_scale_and_flags_from_the_limit_on() -> None:
    apart = spread.spread([Decimal(10), Decimal(20), Decimal("22.5")], Decimal(0), Decimal(50))
    assert apart == Decimal("0.25")
    assert [spread.flagged(apart, percent) for percent in (24, spread.USUAL_FLAG, 26)] == [True, True, False]


def test_one_judge_is_never_apart() -> None:
    assert spread.spread([Decimal(10)], Decimal(0), Decimal(50)) is None
    assert not spread.flagged(None, spread.LEAST_FLAG)
