"""Which offers pass the filters of their seeker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from challenge.rules.offers import Facts, Wanted, keeps

OFFER = Facts(0, 80_000_000, "CNY", 8, frozenset({"joint"}), frozenset({"maybe"}))
BUDGET = 100_000_000
EVERY = Wanted(musts=True, budget=True, trl=8, mode="joint", mark="maybe")


def test_without_filters_everything_passes() -> None:
    assert keeps(Wanted(), Facts(3, None, "USD", None), BUDGET, "CNY")


@pytest.mark.parametrize(
    "worse",
    [
        {"missed": 1},
        {"quote_minor": BUDGET + 1},
        {"quote_minor": None},
        {"currency": "USD"},
        {"trl_delivery": 7},
        {"trl_delivery": None},
        {"modes": frozenset()},
        {"marks": frozenset({"out"})},
    ],
)
def test_every_filter_holds_by_itself(worse: dict[str, object]) -> None:
    assert keeps(EVERY, OFFER, BUDGET, "CNY")
    assert not keeps(EVERY, replace(OFFER, **worse), BUDGET, "CNY")  # type: ignore[arg-type]


def test_an_open_budget_takes_every_price_in_its_currency() -> None:
    assert keeps(Wanted(budget=True), replace(OFFER, quote_minor=10**12), None, "CNY")
    assert not keeps(Wanted(budget=True), replace(OFFER, quote_minor=None), None, "CNY")
