"""One criterion's scale, and what a score must be to stand on it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow
from typing import Literal, Protocol

ScoreFault = Literal["not_a_number", "off_scale", "off_step"]

EXACT = Context(prec=100, traps=[Inexact, InvalidOperation, Overflow])
"""Decimal arithmetic that raises rather than round behind our back."""
_PLAIN = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,20})?", re.ASCII)
_COMMA = re.compile(r"[+-]?[0-9]{1,20},([0-9]{1,2}|[0-9]{4,20})", re.ASCII)
"""A decimal comma. Three digits after it could be thousands as well, so those are not guessed at."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing scored: its scale, its step and its weight in the total."""

    id: str
    minimum: Decimal
    maximum: Decimal
    step: Decimal
    weight: Decimal

    def __post_init__(self) -> None:
        if not all(n.is_finite() for n in (self.minimum, self.maximum, self.step, self.weight)):
            raise ValueError(f"criterion {self.id}: scale, step and weight are finite numbers")
        if self.minimum >= self.maximum or self.step <= 0 or self.weight < 0:
            raise ValueError(f"criterion {self.id}: minimum < maximum, step > 0, weight >= 0")


class Weighed(Protocol):
    """Whatever has a scale and a weight."""

    @property
    def minimum(self) -> Decimal:
        """The lowest score."""

    @property
    def maximum(self) -> Decimal:
        """The highest score."""

    @property
    def weight(self) -> Decimal:
        """What a point counts in the total."""


def ends(criteria: Iterable[Weighed]) -> tuple[Decimal, Decimal]:
    """The least and the most that one whole scorecard totals."""
    known = list(criteria)
    least = sum((each.minimum * each.weight for each in known), Decimal(0))
    return least, sum((each.maximum * each.weight for each in known), Decimal(0))


def plain(number: Decimal) -> str:
    """A figure without needless zeros, as its field shows it."""
    return f"{number.normalize():f}"


def read_score(value: object) -> Decimal | None:
    """A finite figure from a Decimal, an int or plain digits; None for anything else.

    Full-width figures are figures, and a comma or an ideographic full stop is a point where it can be nothing
    else: 7,5 and 7。5 are 7.5, and 1,234 is none.
    """
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        return None
    text = unicodedata.normalize("NFKC", value).strip().replace("。", ".")
    if _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def check_score(criterion: Criterion, value: object) -> ScoreFault | None:
    """What is wrong with this score on this criterion's scale, or None. Never raises."""
    score = read_score(value)
    if score is None:
        return "not_a_number"
    if not criterion.minimum <= score <= criterion.maximum:
        return "off_scale"
    try:
        over = EXACT.remainder(EXACT.subtract(score, criterion.minimum), criterion.step)
    except DecimalException:  # more digits than any step has
        return "off_step"
    return "off_step" if over else None
