"""What of a draft fits another requirement's form."""

from __future__ import annotations

from challenge.rules.carrying import Row, carry
from challenge.rules.formspec import Field, Option, Section, Spec, Words

CNY = ("CNY", "CNY")


def spec(*fields: Field) -> Spec:
    return Spec((Section("one", Words("一", "One"), fields=fields),))


def field(key: str, kind: str = "text", **facts: object) -> Field:
    return Field(key, kind, Words(None, key), **facts)  # type: ignore[arg-type]


CHOICES = (Option("a", Words("甲", "A")), Option("b", Words("乙", "B")))


def test_answers_go_by_key_and_kind_as_far_as_they_fit() -> None:
    source = spec(
        field("title"),
        field("text"),
        field("long", "long"),
        field("choice", "choice", options=CHOICES),
        field("terms", "consent"),
        field("extra"),
        field("empty"),
        field("quote", "money"),
    )
    target = spec(
        field("title"),
        field("text", "long"),
        field("long", "long", most=5),
        field("choice", "choice", options=CHOICES[:1]),
        field("terms", "consent"),
        field("empty"),
        field("quote", "money"),
    )
    values = {
        "title": "T",
        "text": "x",
        "long": "too long for it",
        "choice": "b",
        "terms": 1,
        "extra": "e",
        "empty": "",
        "quote": 500,
    }
    found = carry(source, target, values, ((), ()), currencies=("CNY", "EUR"))
    assert found.values == {"title": "T"}
    assert {each.field.key: each.why for each in found.left} == {
        "text": "other_kind",
        "long": "does_not_fit",
        "choice": "does_not_fit",
        "terms": "consent",
        "extra": "no_field",
        "quote": "currency",
    }
    assert carry(source, target, values, ((), ()), currencies=CNY).values["quote"] == 500


def test_indicators_go_by_name_and_unit() -> None:
    form = spec(field("indicators", "indicators"))
    old = [
        Row(1, "检出率", "Detection rate", "%"),
        Row(2, None, "Speed", "m/s"),
        Row(3, None, "Weight", "kg"),
    ]
    new = [Row(7, "检出率", None, "%"), Row(8, None, "speed", "km/h"), Row(9, "重量", "Weight", "kg")]
    answers = {
        "1": {"met": "met", "evidence": "e"},
        "2": {"met": "no", "evidence": ""},
        "3": {"met": "", "evidence": ""},
    }
    found = carry(form, form, {"indicators": answers}, (old, new), currencies=CNY)
    assert found.values == {"indicators": {"7": {"met": "met", "evidence": "e"}}}
    assert [row.id for row in found.rows_left] == [2]  # the third was never answered


def test_a_form_without_indicators_takes_none() -> None:
    old = [Row(1, None, "Speed", "m/s")]
    answers = {"indicators": {"1": {"met": "met", "evidence": "e"}}}
    found = carry(
        spec(field("indicators", "indicators")), spec(field("title")), answers, (old, ()), currencies=CNY
    )
    assert found.values == {}
    assert [row.id for row in found.rows_left] == [1]
