"""Local wall-clock times and instants: what a person typed, in a zone, is one instant or it is refused."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from challenge.rules.errors import Invalid

_SHAPE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2}))?")


def parse_local(field: str, text: str) -> dt.datetime:
    """A naive local time from `YYYY-MM-DD HH:MM[:SS]`; `24:00` is the end of that day.

    Raises `Invalid(field, "not_a_time")`.
    """
    match = _SHAPE.fullmatch(text.strip())
    if match is None:
        raise Invalid(field, "not_a_time")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    next_day = hour == 24 and minute == 0 and second == 0
    try:
        value = dt.datetime(year, month, day, 0 if next_day else hour, minute, second)
        return value + dt.timedelta(days=1) if next_day else value
    except (ValueError, OverflowError):
        raise Invalid(field, "not_a_time") from None


def to_instant(field: str, local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The instant that a local time names; an hour that happens twice or never is refused.

    Raises `Invalid(field, "ambiguous_time" | "skipped_time", zone=...)`.
    """
    first = local.replace(tzinfo=zone, fold=0)
    second = local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        # In a gap the round trip does not come back; in a fold both readings do.
        back = first.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None)
        code = "ambiguous_time" if back == local else "skipped_time"
        raise Invalid(field, code, zone=zone.key)
    try:
        return first.astimezone(dt.UTC)
    except OverflowError:
        raise Invalid(field, "not_a_time") from None


def instant(field: str, text: str, zone: ZoneInfo) -> dt.datetime:
    """`parse_local` and `to_instant` in one."""
    return to_instant(field, parse_local(field, text), zone)


_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?: 0?0:00(?::00)?)?")


def day(field: str, text: str) -> dt.date | None:
    """A day as people and workbooks write it (2026-12-04, 2026/12/4, 2026年12月4日); None for nothing.

    Raises `Invalid(field, "not_a_date")`.
    """
    if not text.strip():
        return None
    match = _DAY.fullmatch(text.strip())
    try:
        return dt.date(*(int(part) for part in match.groups())) if match else _not_a_date(field)
    except (ValueError, OverflowError):
        return _not_a_date(field)


def _not_a_date(field: str) -> dt.date:
    raise Invalid(field, "not_a_date")
