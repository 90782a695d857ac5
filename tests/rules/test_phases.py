"""The phases of judging as rules: when each is open, what does not fit, who goes on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from challenge.rules import phases
from challenge.rules.phases import Own, Ranked, through, window_of
from challenge.rules.stages import Stage, Window, is_open

DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)


def day(number: float) -> dt.datetime:
    return START + number * DAY


JUDGING = Window(Stage.JUDGING, day(0), day(10))


def test_without_a_word_of_its_own_a_phase_is_open_with_judging() -> None:
    window = window_of(Own(), JUDGING)
    assert (window.opens_at, window.closes_at) == (day(0), day(10))


@pytest.mark.parametrize(
    ("own", "opens", "closes"),
    [
        (Own(day(2), day(4)), day(2), day(4)),
        (Own(day(-3), day(4)), day(0), day(4)),
        (Own(day(2), day(14)), day(2), day(10)),
        (Own(None, day(4)), day(0), day(4)),
    ],
)
def test_a_phase_is_never_open_outside_judging(own: Own, opens: dt.datetime, closes: dt.datetime) -> None:
    window = window_of(own, JUDGING)
    assert (window.opens_at, window.closes_at) == (opens, closes)


def test_a_close_of_its_own_knows_no_grace_of_the_round() -> None:
    graced = Window(Stage.JUDGING, day(0), day(10), grace_seconds=600)
    assert window_of(Own(None, day(4)), graced).ends_at == day(4)
    assert window_of(Own(), graced).ends_at == day(10) + dt.timedelta(seconds=600)


def test_once_recorded_a_close_stays_even_if_the_clock_steps_back() -> None:
    assert not is_open(window_of(Own(day(0), day(4), closed=True), JUDGING), day(1))


@pytest.mark.parametrize(
    ("at", "begun", "state"),
    [(1, True, "planned"), (3, True, "open"), (3, False, "planned"), (4, True, "over"), (9, False, "over")],
)
def test_where_a_phase_stands(at: int, begun: bool, state: str) -> None:
    window = window_of(Own(day(2), day(4)), JUDGING)
    assert phases.state_of(window, day(at), begun=begun) == state


@pytest.mark.parametrize(
    ("own", "faults"),
    [
        ([Own(), Own(day(5))], [(0, "phase_needs_close")]),
        ([Own(None, day(4)), Own()], [(1, "phase_needs_open")]),
        ([Own(None, day(4)), Own(day(3))], [(1, "phase_overlaps")]),
        ([Own(day(4), day(2))], [(0, "ends_before_start")]),
        ([Own(None, day(12))], [(0, "outside_judging")]),
        ([Own(None, day(4)), Own(day(4))], []),
        ([Own(None, day(4)), Own(day(5), day(10))], []),
    ],
)
def test_what_does_not_fit_is_told_at_its_phase(own: list[Own], faults: list[tuple[int, str]]) -> None:
    assert [(place, fault.code) for place, fault in phases.check(own, JUDGING)] == faults


def test_before_the_round_has_dates_only_their_order_is_asked() -> None:
    assert phases.check([Own(None, day(400)), Own(day(400))], None) == []


ROWS = [
    Ranked(1, 1, Decimal(9)),
    Ranked(2, 2, Decimal(8)),
    Ranked(3, 2, Decimal(8)),
    Ranked(4, 4, Decimal("7.5")),
    Ranked(5, None, None),
]


@pytest.mark.parametrize(
    ("cut", "value", "on"),
    [
        ("none", None, {1, 2, 3, 4, 5}),
        ("top", Decimal(1), {1}),
        ("top", Decimal(2), {1, 2, 3}),  # whoever shares the last place goes on
        ("top", Decimal(3), {1, 2, 3}),
        ("threshold", Decimal("7.5"), {1, 2, 3, 4}),
        ("threshold", Decimal("8.01"), {1}),
        ("hand", None, set()),  # a person names them
    ],
)
def test_who_goes_on(cut: str, value: Decimal | None, on: set[int]) -> None:
    assert through(ROWS, cut, value) == on


@pytest.mark.parametrize(
    ("cut", "value", "code"),
    [
        ("best", None, "not_a_choice"),
        ("top", None, "required"),
        ("top", Decimal(0), "whole_number_from_one"),
        ("top", Decimal("2.5"), "whole_number_from_one"),
        ("threshold", Decimal("1.23456"), "too_fine_or_large"),
        ("threshold", Decimal(10) ** 8, "too_fine_or_large"),
    ],
)
def test_a_cut_that_means_nothing_is_refused(cut: str, value: Decimal | None, code: str) -> None:
    fault = phases.check_cut(cut, value)
    assert fault is not None
    assert fault.code == code
