"""How scores lie: a judge's totals along the scale, and how far the judges of one entry are apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

USUAL_FLAG = 25
"""An entry is flagged for discussion from this spread on, in percent of what the scale spans."""
LEAST_FLAG, MOST_FLAG = 5, 100
"""What a phase may choose instead: nearer, judges merely differ; wider than its scale nothing is."""
PARTS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """One part of the scale, from `low` to below `high` (the last one includes it), and what lies in it."""

    low: Decimal
    high: Decimal
    locked: int
    drafts: int

    @property
    def count(self) -> int:
        """All that lies in it."""
        return self.locked + self.drafts


def bins(totals: Iterable[tuple[Decimal, bool]], least: Decimal, most: Decimal) -> list[Bin]:
    """(total, whether locked) pairs by the equal parts of the scale; none where the scale spans nothing."""
    if most <= least:
        return []
    span = most - least
    locked, drafts = [0] * PARTS, [0] * PARTS
    for total, is_locked in totals:
        place = int((total - least) * PARTS / span)
        place = min(max(place, 0), PARTS - 1)
        (locked if is_locked else drafts)[place] += 1
    edges = [least + span * n / PARTS for n in range(PARTS + 1)]
    return [Bin(edges[n], edges[n + 1], locked[n], drafts[n]) for n in range(PARTS)]


def spread(totals: Sequence[Decimal], least: Decimal, most: Decimal) -> Decimal | None:
    """The highest total less the lowest, as a share of what the scale spans; None below two totals."""
    if len(totals) < 2 or most <= least:
        return None
    return (max(totals) - min(totals)) / (most - least)


def flagged(share: Decimal | None, percent: int) -> bool:
    """Whether judges see an entry so differently that they should talk about it: from `percent` on."""
    return share is not None and share * 100 >= percent
