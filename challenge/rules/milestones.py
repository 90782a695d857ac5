"""Deliveries and payments of an agreement: what may be said of them, and when somebody is reminded. Exact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

IN_FORCE = ("signed", "registered")  # of an agreement: something can be delivered and paid
ANSWERS = ("met", "partly", "not_met")  # what the delivering side says of a criterion
RULINGS = ("passed", "failed")  # what the other side finds
ENTRIES = ("invoice", "payment")
RATINGS = (1, 2, 3, 4, 5)

NOTE_MOST, REASON_MOST, TEXT_MOST, LINE_MOST = 4000, 2000, 4000, 200
FILES_MOST = 20
FILE_MOST_BYTES = 100_000_000
PARTS_MOST = 60  # invoices and payments of one planned payment
PAYMENTS_MOST = 120  # of one agreement, where they are added as they come

BEFORE_DAYS = (7, 1)  # so long before its day somebody is reminded
AGAIN_DAYS = 7  # and after it, so often
WAIT_DAYS = 7  # so long a delivery may wait for the other side


@dataclass(frozen=True, slots=True)
class Ruled:
    """A criterion as both sides see it."""

    level: str
    answer: str
    ruling: str


def unmet(criteria: Iterable[Ruled]) -> bool:
    """Whether something that must be met is not: to accept it all the same needs a reason."""
    return any(each.level == "must" and (each.answer, each.ruling) != ("met", "passed") for each in criteria)


def reminds(due_on: dt.date, today: dt.date) -> bool:
    """Whether this is a day on which whoever owes something is reminded: before its day, and after it."""
    left = (due_on - today).days
    return left in BEFORE_DAYS or (left < 0 and (-left) % AGAIN_DAYS == 1)


def waits_too_long(since: dt.date, today: dt.date) -> bool:
    """Whether this is a day on which whoever keeps a delivery waiting is reminded."""
    days = (today - since).days
    return days > 0 and days % WAIT_DAYS == 0


def days_reminded(today: dt.date, back: int = 400) -> Sequence[dt.date]:
    """The days for which somebody is reminded today, so that a query can name them; the oldest first."""
    span = range(-back, max(BEFORE_DAYS) + 1)
    return [day for each in span if reminds(day := today + dt.timedelta(days=each), today)]


def left(planned_minor: int, entries: Iterable[int]) -> int:
    """What is still to come of a planned sum, in minor units; never below zero."""
    return max(0, planned_minor - sum(entries))
