"""Every change of daylight saving 2024-2030 in ten zones: shown is enforced, unclear is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from challenge.rules import localtime
from challenge.rules.errors import Invalid
from challenge.rules.stages import Stage, Window, is_open

ZONES = (
    "Asia/Shanghai",  # no change since 1991
    "Europe/Berlin",
    "Europe/London",
    "Europe/Lisbon",
    "America/New_York",
    "America/Los_Angeles",
    "America/Santiago",
    "Africa/Cairo",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Auckland",
)
MINUTE = dt.timedelta(minutes=1)
FIRST, LAST = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2031, 1, 1, tzinfo=dt.UTC)


def changes(zone: ZoneInfo) -> Iterator[tuple[dt.datetime, dt.timedelta]]:
    """Every instant at which the zone's clocks jump, found minute by minute, and by how much."""
    hour = dt.timedelta(hours=1)
    at = FIRST
    while at < LAST:
        if _offset(at, zone) != _offset(at + hour, zone):
            jump = next(
                at + step * MINUTE
                for step in range(1, 61)
                if _offset(at + step * MINUTE, zone) != _offset(at, zone)
            )
            yield jump, _offset(jump, zone) - _offset(at, zone)
        at += hour


def _offset(at: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _shown(at: dt.datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def test_the_zones_have_the_changes_they_are_known_for() -> None:
    counts = {key: len(list(changes(ZoneInfo(key)))) for key in ZONES}
    assert counts.pop("Asia/Shanghai") == 0
    assert set(counts.values()) == {14}


@pytest.mark.parametrize("key", ZONES)
def test_what_is_shown_around_a_change_is_what_is_enforced(key: str) -> None:
    zone = ZoneInfo(key)
    for jump, size in changes(zone):
        for step in range(-240, 241, 5):
            at = jump + step * MINUTE
            text = _shown(at, zone)
            twice = size < dt.timedelta(0) and _shown_twice(at, jump, -size)
            if twice:
                with pytest.raises(Invalid, match="ambiguous_time"):
                    localtime.instant("submission_closes", text, zone)
                continue
            closes_at = localtime.instant("submission_closes", text, zone)
            assert closes_at == at
            window = Window(Stage.SUBMISSION, at - dt.timedelta(days=1), closes_at)
            assert is_open(window, at - MINUTE / 60)
            assert not is_open(window, at)


def _shown_twice(at: dt.datetime, jump: dt.datetime, size: dt.timedelta) -> bool:
    """Whether the wall clock shows this time twice: within the repeated span on either side of the jump."""
    return jump - size <= at < jump + size


@pytest.mark.parametrize("key", ZONES)
def test_an_hour_that_no_clock_shows_is_refused(key: str) -> None:
    zone = ZoneInfo(key)
    for jump, size in changes(zone):
        if size > dt.timedelta(0):
            before = (jump - MINUTE).astimezone(zone).replace(tzinfo=None)
            for minute in range(1, int(size / MINUTE) + 1, 7):
                text = (before + minute * MINUTE).strftime("%Y-%m-%d %H:%M")
                with pytest.raises(Invalid, match="skipped_time"):
                    localtime.instant("submission_closes", text, zone)
