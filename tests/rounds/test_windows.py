"""Windows as people type them, in the round's zone: each fault at its field."""

from __future__ import annotations

import datetime as dt

import pytest

from challenge.rounds.windows import settle, typed
from challenge.rules.stages import Stage

NOW = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
GOOD = {
    "requirements_opens": "2026-10-01 09:00",
    "requirements_closes": "2026-10-31 24:00",
    "submission_opens": "2026-11-01 09:00",
    "submission_closes": "2026-12-04 18:00",
    "judging_opens": "2026-12-07 09:00",
    "judging_closes": "2026-12-18 18:00",
    "award_opens": "2026-12-21 09:00",
    "award_closes": "2026-12-31 18:00",
}


def faults(zone: str = "Asia/Shanghai", *, rolling: bool = False, **changes: str) -> list[tuple[str, str]]:
    settled = settle((), typed(zone, {**GOOD, **changes}), NOW, rolling=rolling, launched=False)
    return [(fault.field, fault.code) for fault in settled.faults]


def test_typed_times_are_instants_of_the_rounds_zone() -> None:
    windows = typed("Asia/Shanghai", GOOD).windows
    assert windows[Stage.REQUIREMENTS].opens_at == dt.datetime(2026, 10, 1, 1, tzinfo=dt.UTC)
    assert windows[Stage.REQUIREMENTS].closes_at == dt.datetime(2026, 10, 31, 16, tzinfo=dt.UTC)
    assert faults() == []


@pytest.mark.parametrize(
    "text", ["2026-12-04T18:00", "2026-12-04 18:00", " 2026-12-04 18:00:00 ", "2026-12-4 18:00"]
)
def test_a_browsers_spelling_and_a_persons_are_the_same_instant(text: str) -> None:
    windows = typed("Asia/Shanghai", {**GOOD, "submission_closes": text}).windows
    assert windows[Stage.SUBMISSION].closes_at == dt.datetime(2026, 12, 4, 10, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"submission_closes": "2026-11-01 09:00"}, [("submission_closes", "ends_before_start")]),
        ({"submission_closes": "2026-10-31 09:00"}, [("submission_closes", "ends_before_start")]),
        ({"submission_opens": "2026-10-30 09:00"}, [("submission_opens", "overlaps")]),
        (
            {"submission_opens": "2026-09-01 09:00"},
            [("submission_opens", "out_of_order")],
        ),
        ({"judging_opens": "2026-12-04 17:59"}, [("judging_opens", "overlaps")]),
        ({"judging_opens": "2026-12-04 18:00"}, []),
        ({"award_opens": ""}, [("award_opens", "required")]),
        ({"award_opens": "", "award_closes": ""}, []),
        ({"award_closes": "2026-02-30 10:00"}, [("award_closes", "not_a_time")]),
        ({"award_closes": "2026-12-31 24:01"}, [("award_closes", "not_a_time")]),
        ({"award_closes": "2026-12-31 25:00"}, [("award_closes", "not_a_time")]),
        ({"award_closes": "31.12.2026 18:00"}, [("award_closes", "not_a_time")]),
        ({"award_closes": "2026-12-31"}, [("award_closes", "not_a_time")]),
        ({"award_closes": "99999-12-31 18:00"}, [("award_closes", "not_a_time")]),
        ({"award_closes": "9999-12-31 24:00"}, [("award_closes", "not_a_time")]),
        ({"award_closes": "2026-12-31 18:00; DROP"}, [("award_closes", "not_a_time")]),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    changes: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert faults(**changes) == expected


def test_only_a_rolling_rounds_submission_may_overlap_its_call() -> None:
    early = {"submission_opens": "2026-10-05 09:00"}
    assert faults(rolling=False, **early) == [("submission_opens", "overlaps")]
    assert faults(rolling=True, **early) == []
    assert faults(rolling=True, judging_opens="2026-12-01 09:00") == [("judging_opens", "overlaps")]
    assert faults(rolling=True, submission_closes="2026-10-20 09:00", **early) == [
        ("submission_opens", "out_of_order")
    ]


def test_hours_that_daylight_saving_doubles_or_drops_are_refused() -> None:
    berlin = "Europe/Berlin"
    assert faults(berlin, requirements_closes="2026-10-25 02:30") == [
        ("requirements_closes", "ambiguous_time")
    ]
    assert faults(berlin, award_opens="2027-03-28 02:30", award_closes="2027-04-30 12:00") == [
        ("award_opens", "skipped_time")
    ]
    assert faults(berlin, requirements_closes="2026-10-25 03:00") == []


def test_a_zone_that_there_is_not_is_refused() -> None:
    assert faults("Mars/Olympus")[0] == ("zone", "not_a_zone")
