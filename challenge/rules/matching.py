"""From need to solver: what speaks for a match beside its words, and how several orders become one.

Pure: plain values in, plain values out. Words are compared in `engines/nearness.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

RRF = 60  # how slowly a place loses weight (Cormack, Clarke and Büttcher 2009)
WORDS, MODEL = 0.3, 0.7  # shares of TF-IDF and of an English model in their sum of z-scores
FACTS = 0.15  # by how much facts may raise or lower what the texts say, at most
KINDS = ("expert", "achievement", "organization")
NEED_TRL = 8  # ready to be used, where a need does not say otherwise

# What each fact is worth; the sum is cut to -1..1.
WORTH: Mapping[str, float] = {
    "field": 0.35,
    "other_field": -0.25,
    "industry": 0.25,
    "section": 0.1,
    "region": 0.15,
    "province": 0.1,
    "trl_ready": 0.2,
    "trl_gap": -0.06,  # for each level beyond the second
    "price_within": 0.15,
    "price_above": -0.3,
    "modes": 0.1,
    "indicators": 0.25,
    "past_interested": 0.2,
    "past_declined": -0.3,
    "past_silent": -0.1,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a need or an offer says outside its texts; whatever is not said decides nothing.

    Money in minor units. `trl` of a need is what it wants, of an offer what there is.
    """

    fields: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()  # GB/T 4754: a section's letter, "C38" for a division
    region: str = ""
    trl: int | None = None
    least_minor: int | None = None
    most_minor: int | None = None
    currency: str = "CNY"
    modes: frozenset[str] = frozenset()
    indicators: tuple[str, ...] = ()  # of a need: their names

    def to_json(self) -> dict[str, Any]:
        """As plain values; `from_json` reads them back."""
        return {
            "fields": sorted(self.fields),
            "industries": sorted(self.industries),
            "region": self.region,
            "trl": self.trl,
            "least_minor": self.least_minor,
            "most_minor": self.most_minor,
            "currency": self.currency,
            "modes": sorted(self.modes),
            "indicators": list(self.indicators),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Facts:
        """What `to_json` wrote."""
        sets = {name: frozenset(said[name]) for name in ("fields", "industries", "modes")}
        return cls(**{**said, **sets, "indicators": tuple(said["indicators"])})


@dataclass(frozen=True, slots=True)
class Past:
    """What came of what was sent to somebody before: how often each answer was given."""

    interested: int = 0
    declined: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a match or against it; the page has the words for `code`."""

    code: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def worth(self) -> float:
        """How much it moves a match, from -1 to 1."""
        if self.code == "trl_gap":
            return WORTH["trl_gap"] * max(0, int(self.detail["gap"]) - 2)
        return WORTH.get(self.code, 0.0)

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"code": self.code, **self.detail}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Reason:
        """As it was kept."""
        return cls(said["code"], {name: value for name, value in said.items() if name != "code"})


def reasons(need: Facts, offer: Facts, past: Past, said: str = "") -> list[Reason]:
    """What the facts say, good and bad. `said`: the offer's text in small letters."""
    found = [
        *_field(need, offer),
        *_industry(need, offer),
        *_indicators(need, said),
        *_readiness(need, offer),
        *_price(need, offer),
        *_region(need, offer),
        *_past(past),
    ]
    shared = sorted(need.modes & offer.modes)
    if shared:
        found.append(Reason("modes", {"modes": shared}))
    return found


def balance(found: Sequence[Reason]) -> float:
    """All reasons together, from -1 to 1."""
    return max(-1.0, min(1.0, sum(reason.worth for reason in found)))


def weighed(text: float, found: Sequence[Reason]) -> float:
    """What the texts say, raised or lowered by the facts."""
    return text * (1 + FACTS * balance(found))


def _field(need: Facts, offer: Facts) -> list[Reason]:
    if not need.fields or not offer.fields:
        return []
    shared = sorted(need.fields & offer.fields)
    return [Reason("field", {"fields": shared})] if shared else [Reason("other_field")]


def _industry(need: Facts, offer: Facts) -> list[Reason]:
    """The same division, or at least the same section."""
    shared = sorted(each for each in need.industries & offer.industries if len(each) > 1)
    if shared:
        return [Reason("industry", {"industries": shared})]
    sections = sorted({each[:1] for each in need.industries} & {each[:1] for each in offer.industries})
    return [Reason("section", {"industries": sections})] if sections else []


def _indicators(need: Facts, said: str) -> list[Reason]:
    named = [name for name in need.indicators if name and name.lower() in said]
    return [Reason("indicators", {"names": named, "of": len(need.indicators)})] if named else []


def _readiness(need: Facts, offer: Facts) -> list[Reason]:
    """How far an offer is from what is wanted, in levels of GB/T 22900."""
    if offer.trl is None:
        return []
    wanted = need.trl or NEED_TRL
    gap = wanted - offer.trl
    detail = {"has": offer.trl, "wants": wanted, "gap": max(gap, 0)}
    return [Reason("trl_ready" if gap <= 0 else "trl_gap", detail)]


def _price(need: Facts, offer: Facts) -> list[Reason]:
    """The most that is to be spent against the least that is asked, where both name the same currency."""
    budget = need.most_minor if need.most_minor is not None else need.least_minor
    asked = offer.least_minor if offer.least_minor is not None else offer.most_minor
    if budget is None or asked is None or need.currency != offer.currency:
        return []
    detail = {"budget": budget, "price": asked, "currency": need.currency}
    return [Reason("price_within" if asked <= budget else "price_above", detail)]


def _region(need: Facts, offer: Facts) -> list[Reason]:
    """The same city (four digits), or the same province (two)."""
    if not need.region or need.region[:2] != offer.region[:2]:
        return []
    same_city = need.region[:4] == offer.region[:4] and need.region[2:4] != "00"
    return [Reason("region" if same_city else "province", {"region": offer.region})]


def _past(past: Past) -> list[Reason]:
    named = (("interested", past.interested), ("declined", past.declined), ("silent", past.silent))
    return [Reason(f"past_{name}", {"times": times}) for name, times in named if times]


def by_places(*orders: Sequence[float]) -> list[float]:
    """Reciprocal rank fusion of several scores of the same things; equal scores share their mean place.

    From 0 to 1: what is first in every order, alone, has 1.
    """
    summed = [0.0] * (len(orders[0]) if orders else 0)
    for scores in orders:
        order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
        begin = 0
        for _, group in groupby(order, key=scores.__getitem__):
            alike = list(group)
            place = begin + (len(alike) - 1) / 2
            begin += len(alike)
            for thing in alike:
                summed[thing] += (RRF + 1) / (RRF + 1 + place) / len(orders)
    return summed


def standardized(scores: Sequence[float]) -> list[float]:
    """How many standard deviations each stands above the mean; all 0 where all are the same."""
    if not scores:
        return []
    mean = math.fsum(scores) / len(scores)
    spread = math.sqrt(math.fsum((each - mean) ** 2 for each in scores) / len(scores))
    return [(each - mean) / spread if spread else 0.0 for each in scores]


def summed(words: Sequence[float], model: Sequence[float]) -> list[float]:
    """Words and an English model together: .3 and .7 of their z-scores."""
    pairs = zip(standardized(words), standardized(model), strict=True)
    return [WORDS * word + MODEL * meant for word, meant in pairs]
