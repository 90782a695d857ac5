"""Interval bars: where their marks stand on an axis that all rows share, as SVG takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from challenge.judging.ranking_models import Estimate

MARGIN, WIDTH = 2, 96  # per cent of the picture left free at each end, and used


@dataclass(frozen=True, slots=True)
class Bar:
    """The four marks in per cent of the width, and the interval in figures."""

    low: str
    high: str
    value: str
    published: str | None
    label: str


def bar(estimate: Estimate, published: Decimal | None, axis: Sequence[float]) -> Bar:
    """The bar of an estimate, with the published total beside it, on an axis from its low to its high end."""
    start, length = axis[0], (axis[1] - axis[0]) or 1.0

    def at(value: Decimal) -> str:
        return f"{MARGIN + WIDTH * (float(value) - start) / length:.2f}%"

    return Bar(
        at(estimate.low),
        at(estimate.high),
        at(estimate.value),
        None if published is None else at(published),
        f"90 %: {estimate.low:.2f}–{estimate.high:.2f}",
    )
