"""Judges to submissions: a balanced proposal that keeps what is fixed and never breaks what is forbidden.

Greedy: the entry with the fewest possible judges first, each time the judge with the least to read; then
work moves from the busiest to the idlest judge while that evens things out. The same input gives the same
proposal, so that what an organizer looked at is what is assigned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

Pair = tuple[int, int]
"""A judge and an entry, by their numbers."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The pairs to add, and for each entry that stays short, how many judges it lacks."""

    pairs: tuple[Pair, ...]
    short: Mapping[int, int]


def propose(
    entries: Sequence[int],
    judges: Sequence[int],
    per_entry: int,
    *,
    fixed: Collection[Pair] = (),
    forbidden: Collection[Pair] = (),
) -> Plan:
    """A plan that gives each entry `per_entry` judges where that is possible.

    `fixed` pairs stand and count as load; `forbidden` pairs are never proposed.
    """
    planner = _Planner(entries, judges, fixed, forbidden)
    free = {entry: planner.free(entry) for entry in entries}
    short: dict[int, int] = {}
    for entry in sorted(entries, key=lambda each: len(free[each])):
        wanted = per_entry - len(planner.reads[entry])
        for _ in range(wanted):
            if not planner.add(entry, free[entry]):
                break
        lacking = per_entry - len(planner.reads[entry])
        if lacking > 0:
            short[entry] = lacking
    planner.even_out()
    return Plan(tuple(sorted(planner.proposed)), {entry: short[entry] for entry in entries if entry in short})


class _Planner:
    """Who reads what so far, and how much each judge has."""

    def __init__(
        self,
        entries: Sequence[int],
        judges: Sequence[int],
        fixed: Collection[Pair],
        forbidden: Collection[Pair],
    ) -> None:
        self.judges = list(judges)
        self.order = {judge: number for number, judge in enumerate(judges)}
        self.forbidden = set(forbidden)
        self.reads: dict[int, set[int]] = {entry: set() for entry in entries}
        self.load: Counter[int] = Counter(dict.fromkeys(judges, 0))
        self.together: Counter[frozenset[int]] = Counter()
        self.proposed: set[Pair] = set()
        for judge, entry in fixed:
            self.load[judge] += 1
            self.reads.setdefault(entry, set()).add(judge)

    def free(self, entry: int) -> list[int]:
        """The judges who may still be asked to read the entry."""
        taken = self.reads[entry]
        return [judge for judge in self.judges if judge not in taken and (judge, entry) not in self.forbidden]

    def add(self, entry: int, free: list[int]) -> bool:
        """Give the entry its next judge; False where nobody is left."""
        readers = self.reads[entry]
        choice = [judge for judge in free if judge not in readers]
        if not choice:
            return False

        def preference(judge: int) -> tuple[int, int, int]:
            # Panels that mix let a later calibration compare judges who never read the same entry.
            met = sum(self.together[frozenset((judge, other))] for other in readers)
            return self.load[judge], met, self.order[judge]

        judge = min(choice, key=preference)
        self.together.update(frozenset((judge, other)) for other in readers)
        readers.add(judge)
        self.load[judge] += 1
        self.proposed.add((judge, entry))
        return True

    def even_out(self) -> None:
        """Move proposed pairs from busy judges to idle ones while that narrows the gap."""
        while (move := self._move()) is not None:
            busy, idle, entry = move
            self.proposed.remove((busy, entry))
            self.proposed.add((idle, entry))
            self.reads[entry] = (self.reads[entry] - {busy}) | {idle}
            self.load[busy] -= 1
            self.load[idle] += 1

    def _move(self) -> tuple[int, int, int] | None:
        """A pair whose judge has at least two more than another who could read it: (busy, idle, entry)."""
        by_load = sorted(self.judges, key=lambda judge: (self.load[judge], self.order[judge]))
        for busy in reversed(by_load):
            if self.load[busy] - self.load[by_load[0]] < 2:
                return None
            for judge, entry in sorted(self.proposed):
                if judge != busy:
                    continue
                for idle in by_load:
                    if self.load[busy] - self.load[idle] < 2:
                        break
                    if idle not in self.reads[entry] and (idle, entry) not in self.forbidden:
                        return busy, idle, entry
        return None
