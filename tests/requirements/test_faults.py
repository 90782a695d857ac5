"""Every bad input of a requirement comes back to its field; a draft is told only of what is surely wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from challenge.requirements import faults
from challenge.requirements.content import IndicatorRow
from challenge.rules.stages import Stage, Window
from tests.requirements.needs import DETECTION, need

CEILING = 10_000_000_000
NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
WINDOW = Window(Stage.SUBMISSION, NOW, NOW + dt.timedelta(days=10))


def strict(**changes: Any) -> dict[str, str]:
    """Field -> code of what keeps a need with these changes from being handed in."""
    return {each.field: each.code for each in faults.of_submission(need(**changes), CEILING, WINDOW)}


def lenient(**changes: Any) -> dict[str, str]:
    """Field -> code of what a draft with these changes is told."""
    return {each.field: each.code for each in faults.of_draft(need(**changes), CEILING)}


def test_a_complete_need_has_no_fault() -> None:
    assert strict() == {}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"title_zh": "", "title_en": ""}, "title_zh", "one_language"),
        ({"problem_zh": "", "problem_en": ""}, "problem_zh", "one_language"),
        ({"title_en": "x" * 101}, "title_en", "too_long"),
        ({"problem_zh": "字" * 1001}, "problem_zh", "too_long"),
        ({"goals": "x" * 501}, "goals", "too_long"),
        ({"confidential_part": "x" * 2001}, "confidential_part", "too_long"),
        ({"field": ""}, "field", "required"),
        ({"keywords": ()}, "keywords", "keywords_count"),
        ({"keywords": tuple("abcdef")}, "keywords", "keywords_count"),
        ({"keywords": ("x" * 31,)}, "keywords", "keyword_long"),
        ({"modes": ()}, "modes", "choose_one"),
        ({"budget_min_minor": 200, "budget_max_minor": 100}, "budget_max", "min_above_max"),
        ({"indicators": ()}, "indicators", "needs_indicator"),
        ({"indicators": (IndicatorRow(),)}, "indicators", "needs_indicator"),
        ({"indicators": (IndicatorRow(target="5"),)}, "indicators-0-name_zh", "required"),
        ({"indicators": (IndicatorRow(name_en="Speed"),)}, "indicators-0-target", "target_missing"),
        (
            {"indicators": (DETECTION, IndicatorRow(name_en="Speed", target="fast"))},
            "indicators-1-target",
            "target_needs_number",
        ),
        (
            {"indicators": (IndicatorRow(name_en="Speed", target="10-20"),)},
            "indicators-0-target",
            "target_needs_number",
        ),
        ({"partners": "x" * 301}, "partners", "too_long"),
        ({"region": "Atlantis"}, "region", "region_unknown"),
        ({"region": "629900"}, "region", "region_unknown"),
        ({"ends_on": dt.date(2026, 12, 31)}, "ends_on", "ends_before_start"),
        ({"contact_phone": "ask me"}, "contact_phone", "not_a_phone"),
        ({"contact_email": "ma at example"}, "contact_email", "not_an_address"),
        ({"closes_at": NOW}, "closes_at", "outside_window"),
        ({"closes_at": NOW + dt.timedelta(days=11)}, "closes_at", "outside_window"),
    ],
)
def test_each_fault_is_at_its_field(changes: dict[str, Any], field: str, code: str) -> None:
    assert strict(**changes) == {field: code}


@pytest.mark.parametrize("target", ["99.20", "0", "-3.5", "+1", "１２．５", "1,200"])
def test_a_target_is_a_number_as_people_write_it(target: str) -> None:
    assert strict(indicators=(IndicatorRow(name_en="Speed", target=target),)) == {}


def test_a_yes_or_no_indicator_needs_no_number() -> None:
    assert strict(indicators=(IndicatorRow(name_en="Runs offline", comparison="yes"),)) == {}


def test_a_close_of_its_own_needs_a_round_with_a_window() -> None:
    found = faults.of_submission(need(closes_at=NOW), CEILING, None)
    assert [(each.field, each.code) for each in found] == [("closes_at", "no_submission_window")]


def test_a_draft_is_told_of_slips_only() -> None:
    assert lenient(title_zh="", title_en="", field="", keywords=(), modes=(), indicators=()) == {}
    assert lenient(title_en="x" * 101, indicators=(IndicatorRow(name_en="Speed", target="fast"),)) == {}
    assert lenient(problem_en="x" * 20_001) == {"problem_en": "too_long"}
    assert lenient(field="alchemy", modes=("barter",)) == {"field": "not_a_choice", "modes": "not_a_choice"}
    assert lenient(budget_min_minor=2, budget_max_minor=1) == {"budget_max": "min_above_max"}
    assert lenient(indicators=(IndicatorRow(name_en="Speed", comparison="about", level="may"),)) == {
        "indicators-0-comparison": "not_a_choice",
        "indicators-0-level": "not_a_choice",
    }


def test_a_sum_above_the_ceiling_says_what_was_probably_meant() -> None:
    sixty_thousand_wan = 60_000 * 10_000 * 100
    found = faults.of_draft(need(budget_max_minor=sixty_thousand_wan, typed_in="wan"), CEILING)
    assert [(each.field, each.code) for each in found] == [("budget_max", "above_ceiling_meant")]
    meant: Any = found[0].params["meant"]
    assert meant.minor == 60_000 * 100
    in_yuan = faults.of_draft(need(budget_max_minor=sixty_thousand_wan, typed_in="yuan"), CEILING)
    assert [each.code for each in in_yuan] == ["above_ceiling"]
