"""The clock of a stage: it counts what ran, stands while it is paused, and goes below zero."""

from __future__ import annotations

import datetime as dt

import pytest

from challenge.rules.timing import Timer, clock_text

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def test_it_counts_while_it_runs_and_stands_while_it_does_not() -> None:
    assert Timer(480).left(NOW) == 480
    assert Timer(480, 30_400).left(NOW + 99 * SECOND) == 450
    running = Timer(480, 30_000, NOW)
    assert (running.left(NOW + 10 * SECOND), running.ends_at) == (440, NOW + 450 * SECOND)
    assert running.left(NOW + 460 * SECOND) == -10
    assert running.left(NOW - 60 * SECOND) == 450  # a clock that stepped back


@pytest.mark.parametrize(("seconds", "text"), [(480, "8:00"), (65, "1:05"), (0, "0:00"), (-12, "-0:12")])
def test_clock_is_written_as_people_read_it(seconds: int, text: str) -> None:
    assert clock_text(seconds) == text
