"""Ranked ballots to an order of entries: single transferable vote (weighted inclusive Gregory), exact.

Droop's quota. Whoever reaches it is elected; of what an elected entry has above the quota, every ballot
that lies with it passes its share to its next entry still in the count, and one that names nobody further
passes it to the rest. With no surplus left the last one is excluded and its ballots pass on at their value.
The order: the elected as they were elected, then those still in the count by their votes, then the
excluded, the last one first.

Ties, in this order: who had more at the latest earlier stage where they differed; else a lot, drawn from a
seed by SHA-256, which nobody can choose and everybody can draw again.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Stage:
    """One round of the count: the votes of all still in it before, and what was then done with whom.

    done: "elected" (all that reached the quota), "surplus" (of one), "excluded" (one), "filled" (the last
    seats go to those who are left), "end". `tie`: how a tie was split, "" for none: "earlier" or "lot".
    """

    votes: Mapping[str, Fraction]
    rest: Fraction
    done: str
    entries: tuple[str, ...]
    tie: str = ""
    amount: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """The outcome: the quota, every entry in its order, who was elected, and each stage of the count."""

    quota: int
    seats: int
    order: tuple[str, ...]
    elected: tuple[str, ...]
    stages: tuple[Stage, ...]


def count(entries: Collection[str], ballots: Sequence[Sequence[str]], seats: int, seed: str) -> Count:
    """Count the ballots; the same ballots in any order give the same result.

    What a ballot names twice or what is no entry is passed over, an empty ballot is not counted. ValueError
    without a seat.
    """
    if seats < 1:
        raise ValueError("a count needs at least one seat")
    known = set(entries)
    papers = [tuple(dict.fromkeys(each for each in paper if each in known)) for paper in ballots]
    return _Counter(sorted(known), [paper for paper in papers if paper], seats, seed).run()


@dataclass(slots=True)
class _Counter:
    entries: list[str]
    papers: list[tuple[str, ...]]
    seats: int
    seed: str
    values: list[Fraction] = field(default_factory=list)
    at: list[str | None] = field(default_factory=list)
    elected: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    kept: dict[str, Fraction] = field(default_factory=dict)  # what an elected entry holds after its surplus
    stages: list[Stage] = field(default_factory=list)
    rest: Fraction = ZERO

    def run(self) -> Count:
        """Elect, pass on surpluses, exclude, until the seats are filled or nobody is left."""
        self.values = [Fraction(1)] * len(self.papers)
        self.at = [paper[0] for paper in self.papers]
        quota = len(self.papers) // (self.seats + 1) + 1
        while True:
            votes = self._votes()
            hopeful = self._hopeful()
            if len(self.elected) == self.seats or not hopeful:
                self._note(votes, "end", ())
                break
            if self._elect(votes, hopeful, quota) or self._pass_surplus(votes, quota):
                continue
            if len(self.elected) + len(hopeful) <= self.seats:
                rest, tie = self._sorted(votes, hopeful)
                self.elected += rest
                self._note(votes, "filled", tuple(rest), tie)
                continue
            self._exclude(votes, hopeful)
        left, _tie = self._sorted(self._votes(), self._hopeful())
        order = (*self.elected, *left, *reversed(self.excluded))
        return Count(quota, self.seats, order, tuple(self.elected), tuple(self.stages))

    def _elect(self, votes: Mapping[str, Fraction], hopeful: list[str], quota: int) -> bool:
        reached = [each for each in hopeful if votes[each] >= quota]
        if not reached:
            return False
        in_order, tie = self._sorted(votes, reached)
        in_order = in_order[: self.seats - len(self.elected)]
        self.elected += in_order
        self._note(votes, "elected", tuple(in_order), tie)
        return True

    def _pass_surplus(self, votes: Mapping[str, Fraction], quota: int) -> bool:
        waiting = [each for each in self.elected if each not in self.kept and votes[each] > quota]
        if not waiting:
            return False
        in_order, tie = self._sorted(votes, waiting)
        chosen = in_order[0]
        surplus = votes[chosen] - quota
        self._note(votes, "surplus", (chosen,), tie if len(waiting) > 1 else "", surplus)
        self.kept[chosen] = Fraction(quota)
        share = surplus / votes[chosen]
        for number, where in enumerate(self.at):
            if where == chosen:
                self.values[number] *= share
                self._move(number)
        return True

    def _exclude(self, votes: Mapping[str, Fraction], hopeful: list[str]) -> None:
        in_order, _ = self._sorted(votes, hopeful)
        last = in_order[-1]
        level = [each for each in hopeful if votes[each] == votes[last]]
        self.excluded.append(last)
        self._note(votes, "excluded", (last,), self._sorted(votes, level)[1] if len(level) > 1 else "")
        for number, where in enumerate(self.at):
            if where == last:
                self._move(number)

    def _move(self, number: int) -> None:
        """The ballot goes to its next entry still in the count, or to the rest."""
        gone = {*self.elected, *self.excluded}
        self.at[number] = next((each for each in self.papers[number] if each not in gone), None)
        if self.at[number] is None:
            self.rest += self.values[number]

    def _hopeful(self) -> list[str]:
        gone = {*self.elected, *self.excluded}
        return [each for each in self.entries if each not in gone]

    def _votes(self) -> dict[str, Fraction]:
        votes = {each: self.kept.get(each, ZERO) for each in self.entries if each not in self.excluded}
        for where, value in zip(self.at, self.values, strict=True):
            if where is not None:
                votes[where] += value
        return votes

    def _sorted(self, votes: Mapping[str, Fraction], among: Collection[str]) -> tuple[list[str], str]:
        """The entries by their votes, ties split as declared; and by what the hardest tie was split."""
        earlier = [stage.votes for stage in reversed(self.stages)]

        def figures(entry: str) -> tuple[Fraction, ...]:
            return tuple(-each.get(entry, ZERO) for each in (votes, *earlier))

        in_order = sorted(among, key=lambda each: (*figures(each), self._lot(each)))
        tie = ""
        for one, other in itertools.pairwise(in_order):
            if votes[one] == votes[other]:
                tie = "lot" if figures(one) == figures(other) else tie or "earlier"
        return in_order, tie

    def _lot(self, entry: str) -> str:
        return hashlib.sha256(f"{self.seed}:{entry}".encode()).hexdigest()

    def _note(
        self,
        votes: Mapping[str, Fraction],
        done: str,
        entries: tuple[str, ...],
        tie: str = "",
        amount: Fraction | None = None,
    ) -> None:
        self.stages.append(Stage(votes, self.rest, done, entries, tie, amount))
