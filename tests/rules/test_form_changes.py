"""What differs between two forms, and whether an answer to the one fits the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from challenge.rules import formchange
from challenge.rules.formspec import Field, Option, Section, ShownIf, Spec, Words
from tests.rules.forms import HOW, field, form

CHANGES: list[tuple[Field, Field, str, bool]] = [
    (field("text"), field("long"), "kind", False),
    (field("text"), field("long", required=True), "kind", True),
    (field("text"), field("text", label=Words(en="Other")), "label", False),
    (field("text"), field("text", help=Words(en="Other")), "help", False),
    (field("text"), field("text", required=True), "required", True),
    (field("text", required=True), field("text"), "optional", False),
    (field("files"), field("files", fewest=1), "required", True),
    (field("files", required=True), field("files", required=True, fewest=2), "fewest", True),
    (field("text"), field("text", hidden=True), "hidden", False),
    (field("text", hidden=True), field("text"), "unhidden", False),
    (field("text"), field("text", most=20), "most", False),
    (field("number"), field("number", minimum="1"), "minimum", False),
    (field("number"), field("number", unit=Words(en="kg")), "unit", False),
    (
        field("text", required=True),
        field("text", required=True, shown_if=ShownIf("how", ("own",))),
        "shown_if",
        False,
    ),
    (
        field("text", required=True, shown_if=ShownIf("how", ("own",))),
        field("text", required=True),
        "shown_if",
        True,
    ),
    (
        field("consent", required=True),
        field("consent", required=True, terms=Words(en="More.")),
        "terms",
        True,
    ),
    (field("consent"), field("consent", terms=Words(en="More.")), "terms", False),
    (field("choice"), field("choice", options=HOW.options[:1]), "option_removed", False),
    (field("choice", options=HOW.options[:1]), field("choice"), "option_added", False),
    (field("table"), field("table", columns=HOW.options[:1]), "column_removed", False),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "more"), CHANGES, ids=[f"{c}-{m}" for _o, _n, c, m in CHANGES]
)
def test_each_difference_is_told_and_whether_it_asks_more(
    old: Field, new: Field, code: str, more: bool
) -> None:
    found = formchange.changes(form(HOW, old), form(HOW, new))
    assert [(change.code, change.key, change.more) for change in found if change.code == code] == [
        (code, "it", more)
    ]


def test_fields_and_sections_that_come_go_and_move_are_told() -> None:
    before = form(HOW, field("text"))
    after = Spec(
        (
            Section("two", Words(en="Two"), fields=(field("number", key="new", required=True),)),
            *form(field("text"), HOW).sections,
        )
    )
    found = [(change.code, change.key, change.more) for change in formchange.changes(before, after)]
    assert found == [("section_added", "two", False), ("order", "", False), ("added", "new", True)]
    assert [change.code for change in formchange.changes(after, form(field("text")))] == [
        "section_removed",
        "removed",
        "removed",
    ]
    assert formchange.changes(before, before) == []


def test_terms_that_change_are_numbered_and_equal_ones_keep_their_number() -> None:
    first, second = field("consent"), field("consent", terms=Words(en="More."))
    assert formchange.renumbered(form(first), [form(first)]) == form(first)
    numbered = formchange.renumbered(form(second), [form(first)])
    assert numbered == form(replace(second, terms_version=2))
    back = formchange.renumbered(form(first), [numbered, form(first)])
    assert back == form(replace(first, terms_version=3)), "who accepted the second terms is asked again"
    away = formchange.renumbered(form(first), [form(), numbered, form(first)])
    assert away == form(replace(first, terms_version=3)), "a field that was away is numbered on"
    brought = form(replace(first, terms_version=7))
    assert formchange.renumbered(brought, [form()]) == brought, "an imported form keeps its number"


FITS: list[tuple[Field, Field, Any, str | None]] = [
    (field("text"), field("long"), "words", "form_kind_answered"),
    (field("text"), field("long"), "", None),
    (field("text"), field("text", most=4), "words", "form_limit_passed"),
    (field("text"), field("text", most=5), "words", None),
    (field("number"), field("number", minimum="3"), "2.5", "form_limit_passed"),
    (field("number"), field("number", unit=Words(en="t")), "2.5", "form_unit_answered"),
    (field("date"), field("date", maximum="2026-01-01"), "2026-01-02", "form_limit_passed"),
    (field("choice"), field("choice", options=HOW.options[1:]), "own", "form_option_chosen"),
    (field("choice"), field("choice", options=HOW.options[1:]), "bought", None),
    (field("choices"), field("choices", options=HOW.options[1:]), ["own", "bought"], "form_option_chosen"),
    (field("choices"), field("choices", most=1), ["own", "bought"], "form_limit_passed"),
    (field("table"), field("table", columns=HOW.options[:1]), [["a", "b"]], "form_columns_answered"),
    (field("table"), field("table", columns=HOW.options[::-1]), [["a", "b"]], "form_columns_answered"),
    (field("table"), field("table", columns=(*HOW.options, Option("c", Words(en="C")))), [["a", "b"]], None),
    (field("table"), field("table", most=1), [["a", "b"], ["c", "d"]], "form_limit_passed"),
    (field("text", hidden=True), field("text"), "secret", "form_unhidden_answered"),
    (field("text"), field("text", hidden=True), "secret", None),
    (field("trl"), field("trl", not_below="floor"), 3, "form_limit_passed"),
    (field("consent"), field("consent", terms=Words(en="More."), terms_version=2), 1, None),
    (field("text"), field("text", required=True, label=Words(en="Other")), "words", None),
]


@pytest.mark.parametrize(("old", "new", "value", "code"), FITS)
def test_an_answer_fits_the_changed_field_or_not(
    old: Field, new: Field, value: Any, code: str | None
) -> None:
    assert formchange.misfit(old, new, {"it": value, "floor": 4}) == code
    assert code is None or formchange.risky(old, new), "what could break an answer is looked at"
