"""Which changes of a published need are material, by the rule that is published."""

from __future__ import annotations

from typing import Any

import pytest

from challenge.rules import needchange
from challenge.rules.needchange import between, confidential, paired, plain

ROW = {
    "name_zh": "检出率",
    "name_en": "Detection rate",
    "unit": "%",
    "comparison": "ge",
    "target": "99.20",
    "level": "must",
}
OTHER = {**ROW, "name_zh": "速度", "name_en": "Speed", "unit": "m/s", "target": "5"}
NEED: dict[str, Any] = {
    "title_zh": "",
    "title_en": "Flaw vision",
    "summary_zh": "",
    "summary_en": "",
    "problem_zh": "漏检率为 3.1 %。",
    "problem_en": "The cameras miss 3.1 % of flaws.",
    "goals": "",
    "field": "electronics",
    "industry": "C32",
    "keywords": ["vision"],
    "budget_min_minor": 0,
    "budget_max_minor": 100,
    "currency": "CNY",
    "modes": ["joint", "licence"],
    "starts_on": None,
    "ends_on": "2027-12-31",
    "closes_at": None,
    "region": "620100",
    "ip_wish": "Shared",
    "partners": "",
    "anonymous": False,
    "indicators": [ROW, OTHER],
}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("budget_min_minor", None),
        ("budget_max_minor", 90),
        ("currency", "USD"),
        ("modes", ["joint"]),
        ("starts_on", "2027-01-01"),
        ("ends_on", None),
        ("closes_at", "2027-01-01T00:00:00+00:00"),
        ("region", ""),
        ("ip_wish", "With the seeker"),
    ],
)
def test_terms_that_solutions_are_made_for_are_always_material(part: str, value: Any) -> None:
    change = between(NEED, {**NEED, part: value})
    assert change.reasons() == [[part, "frame"]]
    assert change.reasons(editorial=True) == [[part, "frame"]]


@pytest.mark.parametrize("part", ["title_en", "problem_zh", "problem_en"])
def test_a_text_that_says_something_else_is_material_unless_it_is_called_editorial(part: str) -> None:
    change = between(NEED, {**NEED, part: "Something else 4.1"})
    assert change.reasons() == [[part, "text"]]
    assert change.reasons(editorial=True) == []


@pytest.mark.parametrize(
    ("part", "value", "why"),
    [
        ("problem_zh", "漏检率为3.1％。", "typography"),
        ("problem_en", "The  cameras\nmiss 3.1% of flaws.", "typography"),
        ("title_zh", "瑕疵视觉", "translation"),
        ("keywords", ["vision", "strip"], "finding"),
        ("field", "materials", "finding"),
        ("industry", "", "finding"),
        ("anonymous", True, "finding"),
    ],
)
def test_what_says_the_same_or_helps_to_find_it_is_not_material(part: str, value: Any, why: str) -> None:
    change = between(NEED, {**NEED, part: value})
    assert [(each.key, each.why) for each in change.parts] == [(part, why)]
    assert change.reasons() == []


def test_a_translation_beside_a_text_that_changed_as_well_is_no_mere_translation() -> None:
    change = between(NEED, {**NEED, "title_zh": "瑕疵", "title_en": "Another title"})
    assert change.reasons() == [["title_zh", "text"], ["title_en", "text"]]


def test_a_text_that_went_and_came_in_the_other_language_alone_is_material() -> None:
    change = between(NEED, {**NEED, "title_zh": "瑕疵视觉", "title_en": ""})
    assert {each.why for each in change.parts} == {"text"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10 mm", "10mm"),
        ("“a”，b", '"a",b'),
        ("5–10 ℃", "5-10℃"),
        ("A　B", "A B"),
        ("第 4 条 线", "第4条线"),
    ],
)
def test_typography_is_the_same_text(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("now here", "nowhere"), ("1 0", "10"), ("10²", "102"), ("1,000", "1.000"), ("mm", "MM"), ("≥5", ">5")],
)
def test_what_could_mean_something_else_is_another_text(one: str, other: str) -> None:
    assert plain(one) != plain(other)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([ROW], "row_removed"),
        ([ROW, OTHER, {**OTHER, "name_zh": "重量", "name_en": "Weight", "unit": "kg"}], "row_added"),
        ([{**ROW, "target": "99.5"}, OTHER], "row_changed"),
        ([{**ROW, "comparison": "gt"}, OTHER], "row_changed"),
        ([{**ROW, "level": "should"}, OTHER], "row_changed"),
        ([{**ROW, "unit": "‰"}, OTHER], "row_changed"),
        ([{**ROW, "comparison": "yes", "target": ""}, OTHER], "row_changed"),
    ],
)
def test_what_has_to_be_reached_is_always_material(rows: list[dict[str, str]], why: str) -> None:
    change = between(NEED, {**NEED, "indicators": rows})
    assert change.reasons(editorial=True) == [["indicators", why]]


def test_a_number_written_otherwise_and_a_translated_name_are_not_material() -> None:
    rows = [{**ROW, "target": "99.2"}, {**OTHER, "name_zh": ""}]
    change = between(NEED, {**NEED, "indicators": rows})
    assert [(each.kind, each.why) for each in change.rows] == [
        ("changed", "typography"),
        ("changed", "translation"),
    ]
    assert change.reasons() == []


def test_a_renamed_indicator_says_something_else() -> None:
    change = between(NEED, {**NEED, "indicators": [{**ROW, "name_zh": "误检率", "name_en": "False"}, OTHER]})
    assert change.reasons() == [["indicators", "text"]]
    assert change.reasons(editorial=True) == []


def test_rows_in_another_order_are_the_same_rows() -> None:
    assert not between(NEED, {**NEED, "indicators": [OTHER, ROW]})
    assert paired([ROW, OTHER], [OTHER, ROW]) == [(OTHER, OTHER), (ROW, ROW)]


def test_two_equal_rows_are_two() -> None:
    change = between({**NEED, "indicators": [ROW, ROW]}, {**NEED, "indicators": [ROW]})
    assert [each.kind for each in change.rows] == ["removed"]


def test_nothing_and_empty_say_the_same_but_zero_is_a_sum() -> None:
    assert not between(NEED, {**NEED, "goals": None, "starts_on": "", "modes": ["licence", "joint"]})
    assert between(NEED, {**NEED, "budget_min_minor": None})


def test_of_the_confidential_part_only_that_it_changed_is_told() -> None:
    assert confidential("North hall", "North  hall") is not None
    found = confidential("North hall", "South hall")
    assert found is not None
    assert (found.weight, found.before, found.after, found.pieces) == (needchange.WORDS, None, None, ())
    assert confidential("x", "x") is None
