"""The judging phases of a round: when each is open, in which order, and who goes on to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from challenge.rules.errors import Invalid
from challenge.rules.stages import Window, is_open

CUTS = ("none", "top", "threshold", "hand")
WAYS = ("scores", "ranked", "pairwise")
PUBLIC_VOTES = ("none", "changeable", "final")
MOST_SEATS = 1000
State = Literal["planned", "open", "over"]


@dataclass(frozen=True, slots=True)
class Own:
    """What a phase says of its own time; an end that is None is the one of the round's judging window."""

    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    closed: bool = False


def window_of(own: Own, judging: Window) -> Window:
    """When a phase really is open: its own ends within those of the round's judging window."""
    opens = _latest(own.opens_at, judging.opens_at)
    if own.closes_at is None or (judging.closes_at is not None and judging.closes_at <= own.closes_at):
        return Window(
            judging.stage, opens, judging.closes_at, judging.closed or own.closed, judging.grace_seconds
        )
    return Window(judging.stage, opens, own.closes_at, judging.closed or own.closed)


def _latest(own: dt.datetime | None, judging: dt.datetime | None) -> dt.datetime | None:
    # Of a round whose judging has no date nothing is open, whatever a phase says.
    return judging if own is None or judging is None else max(own, judging)


def state_of(window: Window, now: dt.datetime, *, begun: bool) -> State:
    """Where a phase stands: planned until its entries are in and its window opens."""
    if window.closed or (window.ends_at is not None and now >= window.ends_at):
        return "over"
    return "open" if begun and is_open(window, now) else "planned"


def check(phases: Sequence[Own], judging: Window | None) -> list[tuple[int, Invalid]]:
    """Every fault of the phases' own windows in their order, with the place of the phase (from 0)."""
    faults: list[tuple[int, Invalid]] = []
    before: Own | None = None
    for place, own in enumerate(phases):
        if own.opens_at is not None and own.closes_at is not None and own.closes_at <= own.opens_at:
            faults.append((place, Invalid("closes_at", "ends_before_start")))
        if own.closes_at is None and place < len(phases) - 1:
            faults.append((place, Invalid("closes_at", "phase_needs_close")))
        if before is not None and before.closes_at is not None:
            opens = own.opens_at
            if opens is None:
                faults.append((place, Invalid("opens_at", "phase_needs_open")))
            elif opens < before.closes_at:
                faults.append((place, Invalid("opens_at", "phase_overlaps", at=before.closes_at)))
        faults += [(place, fault) for fault in _outside(own, judging)]
        before = own
    return faults


def _outside(own: Own, judging: Window | None) -> Iterable[Invalid]:
    if judging is None or judging.opens_at is None or judging.closes_at is None:
        return
    for name, at in (("opens_at", own.opens_at), ("closes_at", own.closes_at)):
        if at is not None and not judging.opens_at <= at <= judging.closes_at:
            yield Invalid(name, "outside_judging", opens=judging.opens_at, closes=judging.closes_at)


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry as the phase's ranking has it."""

    entry: int
    place: int | None
    total: Decimal | None


def through(rows: Iterable[Ranked], cut: str, value: Decimal | None) -> frozenset[int]:
    """Whom the cut lets through: the best `value` places, whoever reaches the total `value`, or everybody.

    Entries that share the last place within the cut all go on; one without a total never does by a number.
    A cut by hand lets nobody through: a person names them.
    """
    known = list(rows)
    if cut == "top":
        return frozenset(
            row.entry for row in known if row.place is not None and value is not None and row.place <= value
        )
    if cut == "threshold":
        return frozenset(
            row.entry for row in known if row.total is not None and value is not None and row.total >= value
        )
    if cut == "hand":
        return frozenset()
    return frozenset(row.entry for row in known)


def check_cut(cut: str, value: Decimal | None) -> Invalid | None:
    """What is wrong with a cut, if anything is."""
    if cut not in CUTS:
        return Invalid("cut", "not_a_choice")
    if cut in ("top", "threshold") and value is None:
        return Invalid("cut_value", "required")
    if cut == "top" and (value is None or value < 1 or value != value.to_integral_value()):
        return Invalid("cut_value", "whole_number_from_one")
    if cut == "threshold" and value is not None and (abs(value) >= 10**8 or value != round(value, 4)):
        return Invalid("cut_value", "too_fine_or_large", places=4, most=10**8)
    return None


def check_way(way: str, seats: int | None, public_vote: str, cut: str) -> list[Invalid]:
    """What is wrong with the way of judging, at its fields."""
    faults = []
    if way not in WAYS:
        faults.append(Invalid("way", "not_a_choice"))
    if public_vote not in PUBLIC_VOTES:
        faults.append(Invalid("public_vote", "not_a_choice"))
    if way == "ranked" and seats is None:
        faults.append(Invalid("seats", "required"))
    if seats is not None and not 1 <= seats <= MOST_SEATS:
        faults.append(Invalid("seats", "place_from_to", most=MOST_SEATS))
    if way != "scores" and cut == "threshold":
        faults.append(Invalid("cut", "cut_needs_totals"))
    return faults
