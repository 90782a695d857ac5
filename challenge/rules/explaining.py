"""How one entry's total came about, step by step: what each judge said, what was dropped, rounded, weighed.

The figures are those of `scoring.rank`, taken apart so that a person can follow them with a pencil; the tests
hold the two against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from challenge.rules.scoring import TRIM_FROM, Cards, Criterion, Method

_WIDE = Context(prec=60)
SHOWN = 6
"""Decimals shown of a figure before it is rounded to the method's places."""


@dataclass(frozen=True, slots=True)
class Said:
    """One judge's figure; `dropped` where the rule leaves it out."""

    judge: str
    value: Decimal
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One figure of the panel: what the judges said, what the rule makes of it, and that rounded.

    `weighted` is the rounded figure times the weight, rounded again; None on the basis of totals, and
    everything is None where nobody scored. `whole` tells that `exact` has no more decimals than are shown.
    """

    criterion: str
    said: tuple[Said, ...]
    exact: Decimal | None
    whole: bool
    rounded: Decimal | None
    weight: Decimal | None = None
    weighted: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """The whole reckoning. On the basis of criteria a step for each; on that of totals a single one."""

    steps: tuple[Step, ...]
    totals: tuple[Said, ...]
    total: Decimal | None


def explain(cards: Cards, method: Method, criteria: Sequence[Criterion]) -> Explained:
    """One entry's total by this method, in all its steps."""
    totals = _totals(cards, criteria)
    if method.basis == "total":
        step = _step("", totals, method)
        return Explained((step,), step.said, step.rounded)
    steps = []
    for each in criteria:
        said = [(judge, score) for judge, card in cards.items() if (score := card.get(each.id)) is not None]
        step = _step(each.id, said, method)
        weighted = (
            None if step.rounded is None else _round(Fraction(step.rounded * each.weight), method.places)
        )
        steps.append(
            Step(step.criterion, step.said, step.exact, step.whole, step.rounded, each.weight, weighted)
        )
    lacking = any(step.weighted is None and step.weight for step in steps)
    total = None if lacking else sum((step.weighted or Decimal(0) for step in steps), Decimal(0))
    return Explained(tuple(steps), tuple(Said(judge, value) for judge, value in totals), total)


def _totals(cards: Cards, criteria: Sequence[Criterion]) -> list[tuple[str, Decimal]]:
    """Each judge's weighted total; a judge who left a criterion open has none."""
    found = []
    for judge, card in cards.items():
        given = [(card.get(each.id), each.weight) for each in criteria]
        if all(score is not None or not weight for score, weight in given):
            found.append(
                (judge, sum(((score or Decimal(0)) * weight for score, weight in given), Decimal(0)))
            )
    return found


def _step(criterion: str, said: Sequence[tuple[str, Decimal]], method: Method) -> Step:
    if not said:
        return Step(criterion, (), None, True, None)
    dropped = _dropped([value for _, value in said], method)
    kept = [Fraction(value) for place, (_, value) in enumerate(said) if place not in dropped]
    exact = sum(kept, Fraction(0)) / len(kept)
    figures = tuple(Said(judge, value, place in dropped) for place, (judge, value) in enumerate(said))
    shown = _round(exact, SHOWN)
    return Step(criterion, figures, shown, Fraction(shown) == exact, _round(exact, method.places))


def _dropped(values: Sequence[Decimal], method: Method) -> set[int]:
    """Which figures the rule leaves out, by place: of equal ones the first."""
    order = sorted(range(len(values)), key=values.__getitem__)
    if method.rule == "trimmed" and len(values) >= TRIM_FROM:
        return {order[0], order[-1]}
    if method.rule == "median":
        return set(order) - set(order[(len(order) - 1) // 2 : len(order) // 2 + 1])
    return set()


def _round(value: Fraction, places: int) -> Decimal:
    """Half-up to so many places, exactly."""
    units = abs(value) * 10**places
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    figure = Decimal(whole if value >= 0 else -whole).scaleb(-places, _WIDE)
    return figure.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
