"""Training of brokers: levels, who has passed, how long a certificate holds, how it is numbered. Exact."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

LEVELS = ("primary", "intermediate", "senior")
NUMBER = re.compile(r"C-(\d{4})-(\d{4,8})")
# What the check-in of a session takes: no 0/O, 1/I/L, as it is read off a wall.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """What a course asks for: the share of sessions in whole per cent, and a mark where there is an exam."""

    share: int
    exam_least: Decimal | None = None


def passed(bar: Bar, attended: int, sessions: int, mark: Decimal | None) -> bool:
    """Whether somebody has passed; a course without sessions is passed by nobody.

    The share is compared in whole numbers (attended x 100 >= share x sessions), the mark as an exact decimal.
    """
    if not sessions or attended * 100 < bar.share * sessions:
        return False
    return bar.exam_least is None or (mark is not None and mark >= bar.exam_least)


def numbered(year: int, place: int) -> str:
    """The number of a certificate: `C-2026-0007`."""
    return f"C-{year}-{place:04d}"


def read_number(text: str) -> str | None:
    """A number as people write it (`c-2026-0007`, with blanks around it), or None if it is none."""
    plain = text.strip().upper()
    return plain if NUMBER.fullmatch(plain) else None


def read_code(text: str) -> str:
    """A check-in code as it is typed: without blanks and hyphens, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()


def holds_until(issued_at: dt.datetime, months: int | None, zone: ZoneInfo) -> dt.datetime | None:
    """The first instant at which a certificate holds no more: so many months on, at the end of that day.

    In `zone`, where the course was held. None where it holds for good; 31 January and a month is the last day
    of February.
    """
    if months is None:
        return None
    day = issued_at.astimezone(zone).date()
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    end = dt.date(year, month + 1, min(day.day, last)) + dt.timedelta(days=1)
    return dt.datetime.combine(end, dt.time(), zone).astimezone(dt.UTC)
