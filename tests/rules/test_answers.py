"""What may stand in each kind of field: kept as it should be, or told why not."""

from __future__ import annotations

from typing import Any

import pytest

from challenge.rules import answers
from challenge.rules.errors import Invalid
from challenge.rules.formspec import Field, Option, Section, ShownIf, Spec, Words
from challenge.rules.money import Sum

SOME = Words(en="Something")


def field(kind: str, **facts: Any) -> Field:
    return Field("it", kind, SOME, **facts)


OPTIONS = (Option("a", Words(en="A")), Option("b", Words(en="B")), Option("c", Words(en="C")))
COLUMNS = (Option("step", Words(en="Step")), Option("week", Words(en="Week")))
TEXT, LONG, LINK = field("text", most=5), field("long", most=8), field("link", most=40)
NUMBER = field("number", minimum="-2.5", maximum="100")
DATE = field("date", minimum="2026-12-01", maximum="2027-01-31")
CHOICE, CHOICES = field("choice", options=OPTIONS), field("choices", options=OPTIONS, most=2)
TABLE, CONSENT = field("table", columns=COLUMNS, most=2), field("consent", terms_version=3)
MONEY, TRL, INDICATORS = field("money"), field("trl"), field("indicators")


@pytest.mark.parametrize(
    ("asked", "given", "kept"),
    [
        (TEXT, "five!", "five!"),
        (TEXT, "a\r\nb", "a b"),
        (TEXT, "a\x00b", "ab"),
        pytest.param(TEXT, "\ud800", "?", id="half a character"),
        (TEXT, "\u202eabc", "\u202eabc"),
        (TEXT, None, ""),
        (LONG, "a\r\nb\rc", "a\nb\nc"),
        (LONG, "字" * 8, "字" * 8),
        (LINK, " https://example.org/a ", "https://example.org/a"),
        (LINK, "http://例子.中国/片", "http://例子.中国/片"),
        (NUMBER, "12", "12"),
        (NUMBER, "－2.50", "-2.50"),
        (NUMBER, "1e1", "10"),
        (NUMBER, " 99.999 ", "99.999"),
        (NUMBER, "", None),
        (field("number"), "1,234.5", "1234.5"),
        (field("number"), 7, "7"),
        (MONEY, 0, 0),
        (MONEY, 10**15, 10**15),
        (DATE, "2026-12-01", "2026-12-01"),
        (DATE, "", ""),
        (CHOICE, "a", "a"),
        (CHOICES, ["c", "a", "a"], ["a", "c"]),
        (CHOICES, [], []),
        (TRL, 9, 9),
        (TABLE, [["one", "1", "cut"], ["", ""], ["two"]], [["one", "1"], ["two", ""]]),
        (TABLE, [], []),
        (
            INDICATORS,
            {"7": {"met": "partly", "evidence": "a\r\nb"}},
            {"7": {"met": "partly", "evidence": "a\nb"}},
        ),
        (INDICATORS, {"7": {"met": "maybe"}}, {"7": {"met": "", "evidence": ""}}),
        (CONSENT, True, 3),
        (CONSENT, 3, 3),
        (CONSENT, 2, 0),
        (CONSENT, False, 0),
    ],
)
def test_a_good_value_is_kept_in_its_one_spelling(asked: Field, given: object, kept: object) -> None:
    assert answers.clean(asked, given) == kept
    assert answers.clean(asked, kept) == kept  # and stays as it is


@pytest.mark.parametrize(
    ("asked", "given", "code"),
    [
        (TEXT, "sixsix", "too_long"),
        (TEXT, {"a": 1}, "not_a_choice"),
        (LONG, "字" * 9, "too_long"),
        (LINK, "javascript:alert(1)", "not_a_link"),
        (LINK, "data:text/html,x", "not_a_link"),
        (LINK, "//example.org", "not_a_link"),
        (LINK, "https://", "not_a_link"),
        (LINK, "http://[::1", "not_a_link"),
        (LINK, "https://a.b/ c", "not_a_link"),
        (LINK, "https://a.b/<script>", "not_a_link"),
        (LINK, "https://a.b/" + "x" * 40, "too_long"),
        (NUMBER, "-2.51", "below_minimum"),
        (NUMBER, "100.000001", "above_maximum"),
        (NUMBER, "ten", "not_a_number"),
        (NUMBER, "NaN", "not_a_number"),
        (NUMBER, "Infinity", "not_a_number"),
        (NUMBER, "1_0", "not_a_number"),
        (NUMBER, "1e-99", "not_a_number"),
        (NUMBER, "1e-999999999", "not_a_number"),
        (NUMBER, "9" * 5000, "not_a_number"),
        (NUMBER, True, "not_a_number"),
        pytest.param(field("number"), 10**5000, "not_a_number", id="5,000 figures"),
        (field("number"), "1000000000000001", "not_a_number"),
        (field("money", minimum="60.5"), 6049, "below_minimum"),
        (field("money", maximum="60.505"), 6051, "above_maximum"),
        (field("money", minimum="0.001"), 0, "below_minimum"),
        (MONEY, -1, "amount_not_a_number"),
        (MONEY, "60", "amount_not_a_number"),
        (MONEY, True, "amount_not_a_number"),
        (MONEY, 10**15 + 1, "amount_not_a_number"),
        (DATE, "2026-11-30", "below_minimum"),
        (DATE, "2027-02-01", "above_maximum"),
        (DATE, "2026-02-30", "not_a_date"),
        (DATE, "tomorrow", "not_a_date"),
        (CHOICE, "d", "not_a_choice"),
        (CHOICE, ["a"], "not_a_choice"),
        (CHOICES, "a", "not_a_choice"),
        (CHOICES, ["d"], "not_a_choice"),
        (CHOICES, [["a"]], "not_a_choice"),
        (CHOICES, ["a", "b", "c"], "too_many_choices"),
        (TRL, 10, "off_scale"),
        (TRL, "5", "off_scale"),
        (TABLE, [["1"], ["2"], ["3"]], "too_many_rows"),
        (TABLE, [["x" * 501]], "too_long"),
        (TABLE, "rows", "not_a_choice"),
        (INDICATORS, ["met"], "not_a_choice"),
        (INDICATORS, {"7": "met"}, "not_a_choice"),
        (INDICATORS, {"7": {"met": "met", "evidence": "x" * 601}}, "too_long"),
    ],
)
def test_a_bad_value_is_told_at_its_field(asked: Field, given: object, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        answers.clean(asked, given)
    assert (refused.value.field, refused.value.code) == ("it", code)


@pytest.mark.parametrize(
    ("currency", "least", "most"), [("CNY", 6050, 7050), ("JPY", 61, 70), ("KWD", 60_500, 70_505)]
)
def test_a_limit_of_a_sum_is_in_the_main_unit_of_its_currency(currency: str, least: int, most: int) -> None:
    asked = field("money", minimum="60.5", maximum="70.505")
    for good in (least, most):
        assert answers.clean(asked, good, currency) == good
    with pytest.raises(Invalid) as below:
        answers.clean(asked, least - 1, currency)
    assert below.value.params == {"minimum": Sum(least, currency)}
    with pytest.raises(Invalid) as above:
        answers.clean(asked, most + 1, currency)
    assert above.value.params == {"maximum": Sum(most, currency)}


def form(*fields: Field) -> Spec:
    return Spec((Section("all", SOME, fields=fields),))


@pytest.mark.parametrize(
    ("asked", "value", "code"),
    [
        (field("text", required=True), "  \n", "missing"),
        (field("text", required=True), "x", None),
        (field("text"), "", None),
        (field("money", required=True), None, "missing"),
        (field("money", required=True), 0, None),  # for nothing is an offer too
        (field("number", required=True), "0", None),
        (field("consent", required=True, terms_version=2), 1, "missing_consent"),
        (field("consent", required=True, terms_version=2), 2, None),
        (field("consent"), 0, None),
        (field("choices", options=OPTIONS, required=True, fewest=2), ["a"], "too_few"),
        (field("choices", options=OPTIONS, fewest=2), [], None),
        (field("table", columns=COLUMNS, required=True), [], "missing"),
    ],
)
def test_what_is_missing_is_named(asked: Field, value: object, code: str | None) -> None:
    faults = answers.missing(form(asked), {"it": value}, [], {})
    assert [fault.code for fault in faults] == ([code] if code else [])


def test_only_what_is_asked_can_be_missing() -> None:
    partner = field("choice", options=OPTIONS, required=True)
    why = Field("why", "text", SOME, required=True, shown_if=ShownIf("it", ("b", "c")))
    letter = Field("letter", "files", SOME, required=True, fewest=2, shown_if=ShownIf("it", ("c",)))
    spec = form(partner, why, letter)
    assert [fault.field for fault in answers.missing(spec, {}, [], {})] == ["it"]
    assert answers.missing(spec, {"it": "a"}, [], {}) == []
    assert [fault.field for fault in answers.missing(spec, {"it": "b"}, [], {})] == ["why"]
    faults = answers.missing(spec, {"it": "c", "why": "So."}, [], {"letter": 1})
    assert [(fault.field, fault.params["count"]) for fault in faults] == [("letter", 1)]


def test_every_indicator_wants_an_answer_and_its_evidence() -> None:
    spec = form(field("indicators", required=True))
    met = {"met": "met", "evidence": "Measured."}
    assert [f.code for f in answers.missing(spec, {}, [1, 2], {})] == ["missing_answers"]
    bare = {"it": {"1": met, "2": {"met": "partly", "evidence": " "}}}
    assert [f.code for f in answers.missing(spec, bare, [1, 2], {})] == ["missing_evidence"]
    assert answers.missing(spec, {"it": {"1": met, "2": {"met": "no", "evidence": ""}}}, [1, 2], {}) == []
