"""What services are, how a rating is told, and the figures of a centre's work."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

KINDS = ("innovation", "transfer", "ip", "finance", "testing", "other")
# Open: it is the centre's turn. What is done waits for the asker's word.
OPEN = ("asked", "accepted", "assigned", "running")
UNASSIGNED = ("asked", "accepted")
GOING = ("assigned", "running")
DONE = ("done", "closed")
ENDED = ("refused", "cancelled")

LOWEST, HIGHEST = 1, 5
RATED_FROM = 3  # so many ratings make an average that is shown: of fewer one could tell who gave which
QUIET_DAYS, MOST_QUIET_DAYS = 7, 365
_TENTH = Decimal("0.1")


def day_at(day: dt.date) -> dt.datetime:
    """When a day begins for reminders: midnight in UTC, eight in the morning in Beijing."""
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def average(total: int, count: int, least: int = RATED_FROM) -> Decimal | None:
    """The mean rating to a tenth; None below `least` ratings."""
    if count < max(least, 1):
        return None
    return (Decimal(total) / count).quantize(_TENTH, rounding=ROUND_HALF_UP)


def median_days(spans: Sequence[dt.timedelta]) -> Decimal | None:
    """The median length in days to a tenth; None of nothing."""
    if not spans:
        return None
    seconds = statistics.median(span.total_seconds() for span in spans)
    return (Decimal(seconds) / 86_400).quantize(_TENTH, rounding=ROUND_HALF_UP)
