"""A judge's own cards side by side, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from challenge.judging.scorecards import SCORE
from challenge.judging.views import Place, Progress, Waiting
from challenge.rules import spread
from challenge.rules.scales import ends, plain
from challenge.rules.spread import Bin


@dataclass(frozen=True, slots=True)
class Compared:
    """One own entry in the table of comparison: its scores by criterion, its total, whether it is locked."""

    ref: str
    code: str
    title: str
    state: str
    values: Mapping[int, Decimal]
    total: Decimal | None
    ends: tuple[Decimal, Decimal] | None = None  # of all its judges' totals, once all of one's own are locked

    def apart(self, shown: Comparison) -> bool:
        """Whether its judges are far apart."""
        return spread.flagged(spread.spread(self.ends or (), shown.least, shown.most), shown.flag_percent)

    def texts(self, criteria: Iterable[Heading]) -> dict[str, str]:
        """What is stored, by the names of the table's fields."""
        found = {f"{self.ref}:{SCORE}{each.id}": self.values.get(each.id) for each in criteria}
        return {name: "" if value is None else plain(value) for name, value in found.items()}


@dataclass(frozen=True, slots=True)
class Heading:
    """A criterion as the head of a column."""

    id: int
    name_zh: str | None
    name_en: str | None
    minimum: Decimal
    maximum: Decimal
    step: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """A judge's own scores side by side, by criterion."""

    phase_id: int
    place: Place
    criteria: tuple[Heading, ...]
    rows: tuple[Compared, ...]
    undeclared: tuple[Waiting, ...]
    flag_percent: int = spread.USUAL_FLAG

    @property
    def open(self) -> list[Compared]:
        """The cards that are not locked."""
        return [row for row in self.rows if row.state == "accepted"]

    @property
    def texts(self) -> dict[str, str]:
        """What is stored of the cards that are not locked, by the names of the table's fields."""
        return {name: text for row in self.open for name, text in row.texts(self.criteria).items()}

    @property
    def progress(self) -> Progress:
        """How much of all that is mine is locked."""
        return Progress(len(self.rows) - len(self.open), len(self.rows) + len(self.undeclared))

    @property
    def finished(self) -> bool:
        """Whether all of one's own are locked: from then on the others' are shown."""
        return not self.open and not self.undeclared

    @property
    def least(self) -> Decimal:
        """What one card is worth at least."""
        return ends(self.criteria)[0]

    @property
    def most(self) -> Decimal:
        """What one card is worth at most."""
        return ends(self.criteria)[1]

    @property
    def bins(self) -> list[Bin]:
        """How my totals lie on the scale, in ten parts of it."""
        totals = [(row.total, row.state == "completed") for row in self.rows if row.total is not None]
        return spread.bins(totals, self.least, self.most)
