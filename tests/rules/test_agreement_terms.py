"""The terms of an agreement as values: written and read back, filled in, checked, compared."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest

from challenge.agreements.templates import shipped
from challenge.rules import agreement_changes, agreement_checks, agreement_texts
from challenge.rules.agreement_sums import other_currency
from challenge.rules.agreements import KINDS, Criterion, Party, Payment, Step, Terms, digest, told, written

RATE = Criterion("Detection rate", "%", "ge", "99.2")
TERMS = Terms(
    kind="development",
    title="Flaw vision",
    lang="en",
    parties=(Party("seeker", "Jia Ltd"), Party("solver", "Yi Ltd")),
    scope="One line.\nThen all lines.",
    indicators=(RATE,),
    total_minor=60_000_000,
    payment="once",
    payments=(Payment("All", 60_000_000, step=1),),
    ownership="joint",
    confidential_months=24,
    starts_on=dt.date(2027, 1, 1),
    ends_on=dt.date(2027, 6, 30),
    milestones=(Step("Delivery", dt.date(2027, 6, 1), "A line", (RATE,)),),
    clauses="{seeker} and {solver}",
)


def codes(terms: Terms) -> set[tuple[str, str]]:
    found = [*agreement_checks.faults(terms), *agreement_checks.missing(terms)]
    return {(each.field, each.code) for each in found}


def test_terms_come_back_as_they_were_written() -> None:
    assert told(written(TERMS)) == TERMS
    assert digest(told(written(TERMS))) == digest(TERMS)
    assert digest(replace(TERMS, total_minor=1)) != digest(TERMS)
    assert codes(TERMS) == set()


def test_a_line_with_an_empty_field_is_left_out_and_values_are_never_read_for_fields() -> None:
    text = "{seeker} pays {total}.\n\n{agency} helps.\n\nFrom {starts_on} to {ends_on}."
    terms = replace(TERMS, parties=(Party("seeker", "{solver} {x}"), Party("solver", "Yi Ltd")))
    filled = agreement_texts.filled(text, agreement_texts.values_of(terms))
    assert filled == "{solver} {x} pays CNY 600,000.00.\n\nFrom 1 January 2027 to 30 June 2027."
    assert agreement_texts.unknown(text) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{seeker} {Seeker} {x} {x}", ("Seeker", "x")),
        ("{{title}} {0} {} {title!r}", ("0", "", "title!r")),
        ("{self.__class__.__mro__} and { seeker }", ("self.__class__.__mro__", " seeker ")),
        ("no braces } or { here", ()),
    ],
)
def test_fields_that_there_are_not_are_named(text: str, names: tuple[str, ...]) -> None:
    assert agreement_texts.unknown(text) == names


@pytest.mark.parametrize(
    ("minor", "currency", "lang", "said"),
    [
        (60_000_050, "CNY", "en", "CNY 600,000.50"),
        (60_000_000, "CNY", "zh", "人民币 600,000.00 元"),
        (5, "USD", "zh", "USD 0.05"),
        (7_000, "JPY", "en", "JPY 7,000"),
    ],
)
def test_sums_are_written_as_contracts_write_them(minor: int, currency: str, lang: str, said: str) -> None:
    assert agreement_texts.sum_text(minor, currency, lang) == said


def test_days_are_written_out() -> None:
    assert agreement_texts.day_text(dt.date(2027, 12, 4), "zh") == "2027年12月4日"
    assert agreement_texts.day_text(dt.date(2027, 12, 4), "en") == "4 December 2027"
    assert agreement_texts.day_text(None, "en") == ""


@pytest.mark.parametrize(("kind", "lang"), list(product(KINDS, agreement_texts.LANGS)))
def test_every_kind_has_a_text_in_both_languages(kind: str, lang: str) -> None:
    text = shipped(kind, lang)
    assert agreement_texts.unknown(text) == ()
    assert len(text) <= agreement_checks.MOST_TEXT["clauses"]
    values = agreement_texts.values_of(replace(TERMS, kind=kind, lang=lang, extra={"need": "R-2026-001"}))
    filled = agreement_texts.filled(text, values)
    for words in ("Jia Ltd", "Yi Ltd", "Flaw vision", "R-2026-001"):
        assert words in filled
    assert "{" not in filled
    words = ("保密", "争议", "知识产权") if lang == "zh" else ("Confidentiality", "Disputes", "property")
    assert all(each in filled for each in words)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": "x" * 201}, ("title", "too_long")),
        ({"currency": "XYZ"}, ("unit", "not_a_choice")),
        ({"ownership": "mine"}, ("ownership", "not_a_choice")),
        ({"confidential_months": 601}, ("confidential_months", "out_of_range")),
        ({"ends_on": dt.date(2026, 1, 1)}, ("ends_on", "ends_before_start")),
        ({"total_minor": -1}, ("total", "amount_negative")),
        ({"total_minor": 10**16}, ("total", "amount_too_large")),
        ({"payment": "none"}, ("payment", "sums_without_payment")),
        ({"indicators": (replace(RATE, target="much"),)}, ("indicators-0-target", "target_needs_number")),
        ({"indicators": (replace(RATE, target=None),)}, ("indicators-0-target", "target_missing")),
        ({"indicators": (replace(RATE, target="NaN"),)}, ("indicators-0-target", "target_needs_number")),
        ({"indicators": (replace(RATE, name=" "),)}, ("indicators-0-name", "required")),
        ({"indicators": (RATE,) * 31}, ("indicators", "too_many_rows")),
        ({"payments": (Payment("All", 60_000_000, step=2),)}, ("payments-0-step", "no_such_milestone")),
        ({"payments": (Payment("All", 60_000_000),)}, ("payments-0-due_on", "due_needed")),
        ({"payments": (Payment("All", 59_999_999, step=1),)}, ("payments", "plan_differs")),
        ({"payments": (Payment("Half", 30_000_000, step=1),) * 2}, ("payments", "one_payment")),
        ({"payments": ()}, ("payments", "plan_needed")),
        ({"total_minor": None}, ("total", "not_positive")),
        ({"payment": "royalty"}, ("royalty", "required")),
        ({"ownership": "as_written"}, ("ownership_text", "required")),
        ({"milestones": (Step(""),)}, ("milestones-0-title", "required")),
        ({"clauses": "{price}"}, ("clauses", "unknown_fields")),
        ({"scope": "  "}, ("scope", "required")),
        ({"starts_on": None}, ("starts_on", "required")),
        ({"parties": (Party("seeker", "A"), Party("solver"))}, ("parties-1-name", "required")),
    ],
)
def test_what_is_wrong_or_missing_is_named(changes: dict[str, object], fault: tuple[str, str]) -> None:
    assert fault in codes(replace(TERMS, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "currency", "other"),
    [
        ("600", "CNY", None),
        ("CNY 600", "CNY", None),
        ("￥600", "CNY", None),
        ("60 万元", "CNY", None),
        ("USD 600", "CNY", "USD"),
        ("600 usd", "CNY", "USD"),
        ("$600", "CNY", "USD"),
        ("600 美元", "USD", None),
        ("600 美元", "CNY", "USD"),
        ("600 元", "USD", "CNY"),
        ("€ 5", "USD", "EUR"),
        ("5 CHF", "EUR", "CHF"),
        ("RMB 5", "CNY", None),
    ],
)
def test_a_sum_names_its_currency(text: str, currency: str, other: str | None) -> None:
    assert other_currency(text, currency) == other


def test_the_same_terms_differ_in_nothing() -> None:
    assert not agreement_changes.between(TERMS, told(written(TERMS)))


def test_differences_are_told_by_part_and_row() -> None:
    after = replace(
        TERMS,
        scope="One line.\nThen most lines.",
        total_minor=70_000_000,
        payments=(Payment("All", 70_000_000, step=1),),
        indicators=(Criterion("False alarms", "%", "le", "1"), RATE),
        milestones=(),
        parties=(Party("seeker", "Jia Ltd", address="Lanzhou"), Party("solver", "Bing Ltd")),
    )
    redline = agreement_changes.between(TERMS, after)
    assert [each.key for each in redline.parts] == ["scope", "total_minor"]
    assert [(each.kind, each.text) for each in redline.parts[0].pieces if each.kind != "same"] == [
        ("removed", "all"),
        ("added", "most"),
    ]
    told_rows = {
        name: [(row.kind, [cell.key for cell in row.cells]) for row in rows]
        for name, rows in redline.rows.items()
    }
    assert told_rows == {
        "parties": [("changed", ["address"]), ("changed", ["name"])],
        "indicators": [("added", [])],
        "payments": [("changed", ["amount_minor"])],
        "milestones": [("removed", [])],
    }
    assert redline.rows["milestones"][0].row.title == "Delivery"


def test_a_row_is_known_by_its_name_and_else_by_its_place() -> None:
    first, last = Payment("First", 1), Payment("Last", 2)
    before = replace(TERMS, payments=(first, last))
    swapped = agreement_changes.between(
        before, replace(TERMS, payments=(last, replace(first, amount_minor=9)))
    )
    assert [(row.kind, row.row.label) for row in swapped.rows["payments"]] == [("changed", "First")]
    renamed = agreement_changes.between(before, replace(TERMS, payments=(first, Payment("End", 2))))
    assert [(row.kind, row.row.label) for row in renamed.rows["payments"]] == [("changed", "End")]
