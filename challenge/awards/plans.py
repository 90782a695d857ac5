"""Whom a ranking gives which prize, and whom each seeker is asked to confirm: reckoned, nothing stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class Offered(Protocol):
    """A prize as it counts here: `slots` of it for the whole round, or one for each requirement."""

    id: int
    scope: str
    slots: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A ranked entry that still stands."""

    id: int
    requirement_id: int | None
    place: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing to win. `requirement_id` is 0 for a prize of the whole round."""

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
    """The plan for entries in the order of their ranking, prizes in theirs, and published requirements."""
    questions: dict[int, int | None] = {}
    for requirement_id in sorted(requirements):
        best = first(entries, requirement_id)
        if best:
            questions[requirement_id] = best[0] if len(best) == 1 else None
    slots: dict[Slot, int | None] = {}
    taken = 0
    for prize in prizes:
        if prize.scope == "requirement":
            continue  # follows the seeker's word
        inside = range(taken, min(taken + prize.slots, len(entries)))
        for slot, index in enumerate(inside, start=1):
            fits = all(sharing in inside for sharing in _sharing(entries, index))
            slots[Slot(prize.id, 0, slot)] = entries[index].id if fits else None
        taken += len(inside)
    return Plan(questions, slots)


def first(entries: Sequence[Entry], requirement_id: int) -> tuple[int, ...]:
    """The entry at the top for this requirement, or all that share its place there."""
    mine = [entry for entry in entries if entry.requirement_id == requirement_id]
    return tuple(entry.id for entry in mine if entry.place == mine[0].place)


def _sharing(entries: Sequence[Entry], index: int) -> list[int]:
    place = entries[index].place
    return [i for i, entry in enumerate(entries) if entry.place == place]
