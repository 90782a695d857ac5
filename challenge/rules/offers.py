"""Which of many offers a seeker wants to see beside each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What of an offer is filtered by. `missed` counts the musts that it does not meet whole."""

    missed: int
    quote_minor: int | None
    currency: str
    trl_delivery: int | None
    modes: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters, all of which must hold; `trl` is the least maturity at delivery."""

    musts: bool = False
    budget: bool = False
    trl: int | None = None
    mode: str = ""
    mark: str = ""


def keeps(wanted: Wanted, offer: Facts, budget_minor: int | None, currency: str) -> bool:
    """Whether the offer passes every filter that is set.

    Within the budget is only what names a price in the requirement's own currency; without an upper end of
    the budget every such price is.
    """
    price = offer.quote_minor
    priced = price is not None and offer.currency == currency
    affordable = priced and (budget_minor is None or (price or 0) <= budget_minor)
    return (
        (not wanted.musts or offer.missed == 0)
        and (not wanted.budget or affordable)
        and (wanted.trl is None or (offer.trl_delivery or 0) >= wanted.trl)
        and (not wanted.mode or wanted.mode in offer.modes)
        and (not wanted.mark or wanted.mark in offer.marks)
    )
