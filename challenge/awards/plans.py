"""Whom a ranking gives which prize, and whom each seeker is asked to confirm: reckoned, nothing stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Offered(Protocol):
    """A prize as it counts here: `slots` for the round or one track of it, or one for each requirement."""

    id: int
    scope: str
    theme_id: int | None
    slots: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A ranked entry that still stands."""

    id: int
    requirement_id: int | None
    place: int
    theme_id: int | None = None


class InTheme(Protocol):
    """Whatever is in a track, or in none."""

    @property
    def theme_id(self) -> int | None:
        """The track."""


Themed = TypeVar("Themed", bound=InTheme)


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing to win. `requirement_id` is 0 for a prize of the whole round or of a track."""

    prize_id: int
    requirement_id: int
    slot: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from a ranking. None where a tie leaves the choice to people.

    `questions`: requirement -> the entry that its seeker is asked to confirm; a requirement that nobody
    answered is not in it. `slots`: whom each slot goes to; slots that nobody is left for are not in it.
    """

    questions: Mapping[int, int | None]
    slots: Mapping[Slot, int | None]

    @property
    def tied(self) -> tuple[tuple[int, int], ...]:
        """(prize, slot) of the whole round that a tie leaves open."""
        return tuple((slot.prize_id, slot.slot) for slot, winner in self.slots.items() if winner is None)


def reckon(entries: Sequence[Entry], prizes: Sequence[Offered], requirements: Collection[int]) -> Plan:
    """The plan for entries in the order of their ranking, prizes in theirs, and published requirements.

    Prizes of the whole round go down the ranking; those of a track go down the same ranking among its own
    entries, on their own count: the best of a track may win there and in the round.
    """
    questions: dict[int, int | None] = {}
    for requirement_id in sorted(requirements):
        best = first(entries, requirement_id)
        if best:
            questions[requirement_id] = best[0] if len(best) == 1 else None
    slots: dict[Slot, int | None] = {}
    taken: Counter[int | None] = Counter()
    for prize in prizes:
        if prize.scope == "requirement":
            continue  # follows the seeker's word
        mine, first_free = pool(entries, prize), taken[prize.theme_id]
        inside = range(first_free, min(first_free + prize.slots, len(mine)))
        for slot, index in enumerate(inside, start=1):
            fits = all(sharing in inside for sharing in _sharing(mine, index))
            slots[Slot(prize.id, 0, slot)] = mine[index].id if fits else None
        taken[prize.theme_id] += len(inside)
    return Plan(questions, slots)


def pool(entries: Sequence[Themed], prize: Offered) -> list[Themed]:
    """The entries among which a prize is won: all, or those of its track."""
    return [each for each in entries if prize.theme_id is None or each.theme_id == prize.theme_id]


def first(entries: Sequence[Entry], requirement_id: int) -> tuple[int, ...]:
    """The entry at the top for this requirement, or all that share its place there."""
    mine = [entry for entry in entries if entry.requirement_id == requirement_id]
    return tuple(entry.id for entry in mine if entry.place == mine[0].place)


def _sharing(entries: Sequence[Entry], index: int) -> list[int]:
    place = entries[index].place
    return [i for i, entry in enumerate(entries) if entry.place == place]
