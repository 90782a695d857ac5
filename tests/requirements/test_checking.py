"""The formal check: what is worth a look although no field is wrong."""

from __future__ import annotations

import dataclasses
import datetime as dt

from challenge.requirements.checking import check
from tests.requirements.needs import need


def test_the_day_on_which_the_work_ends_is_a_day_of_the_rounds_zone() -> None:
    content = dataclasses.replace(need(), starts_on=None, ends_on=dt.date(2026, 12, 1))
    evening = dt.datetime(2026, 12, 1, 20, tzinfo=dt.UTC)  # early on the second in Shanghai

    def noted(zone: str) -> list[str]:
        points = check(content, [], ceiling_minor=10**12, submission=None, now=evening, zone=zone)
        return [note for point in points for note in point.notes]

    assert (noted("UTC"), noted("Asia/Shanghai")) == ([], ["ends_in_past"])
