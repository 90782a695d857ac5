"""Forms as values: every fault with its place, every step of building, every difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from challenge.rules import formedit, formfaults, formspec
from challenge.rules.errors import Invalid
from challenge.rules.formspec import KINDS, Field, Option, Section, ShownIf, Spec, Words
from challenge.rules.usual_form import FOR_A_REQUIREMENT, FOR_A_ROUND
from tests.rules.forms import HOW, TITLE, field, form, told


@pytest.mark.parametrize("spec", [FOR_A_REQUIREMENT, FOR_A_ROUND])
def test_the_usual_forms_are_without_fault(spec: Spec) -> None:
    assert told(spec) == []
    assert formspec.read(formspec.write(spec)) == spec


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "indicators"])
def test_every_kind_has_a_smallest_field_without_fault(kind: str) -> None:
    assert told(form(field(kind))) == []


AT = "sections.0.fields.1"
FAULTS: list[tuple[Field, str, str]] = [
    (field("text", label=Words()), "label", "one_language"),
    (field("text", label=Words(zh="  ")), "label", "one_language"),
    (field("text", label=Words(en="x" * 201)), "label.en", "too_long"),
    (field("text", label=Words(en="a\x00b")), "label.en", "form_not_text"),
    (field("text", help=Words(zh="\ud800")), "help.zh", "form_not_text"),
    (field("text", help=Words(zh="长" * 1001)), "help.zh", "too_long"),
    (field("text", key="Größe"), "key", "form_not_a_key"),
    (field("text", key="1st"), "key", "form_not_a_key"),
    (field("text", key="x" * 41), "key", "form_not_a_key"),
    (field("text", key="team"), "key", "form_key_reserved"),
    (field("text", key="csrf_token"), "key", "form_key_reserved"),
    (field("text", key="summary"), "kind", "form_kind_fixed"),
    (field("number", key="quote"), "kind", "form_kind_fixed"),
    (field("indicators"), "key", "form_indicators_key"),
    (field("text", key="indicators"), "kind", "form_kind_fixed"),
    (field("text", most=0), "most", "out_of_range"),
    (field("text", most=201), "most", "out_of_range"),
    (field("long", most=20_001), "most", "out_of_range"),
    (field("link", most=501), "most", "out_of_range"),
    (field("files", most=51), "most", "out_of_range"),
    (field("files", most=2, fewest=3), "fewest", "out_of_range"),
    (field("files", fewest=-1), "fewest", "out_of_range"),
    (field("table", most=51), "most", "out_of_range"),
    (field("choices", most=3), "most", "out_of_range"),
    (field("choices", fewest=3), "fewest", "out_of_range"),
    (field("text", minimum="1"), "minimum", "form_part_not_here"),
    (field("long", options=HOW.options), "options", "form_part_not_here"),
    (field("money", unit=Words(en="kg")), "unit", "form_part_not_here"),
    (field("choice", terms=Words(en="t")), "terms", "form_part_not_here"),
    (field("date", not_below="it"), "not_below", "form_part_not_here"),
    (field("number", minimum="one"), "minimum", "not_a_number"),
    (field("number", minimum="NaN"), "minimum", "not_a_number"),
    (field("number", maximum="1e5"), "maximum", "not_a_number"),
    (field("number", maximum="1" + "0" * 16), "maximum", "not_a_number"),
    (field("number", minimum="2", maximum="1.5"), "maximum", "form_ends_crossed"),
    (field("number", unit=Words(en="x" * 31)), "unit.en", "too_long"),
    (field("money", minimum="much"), "minimum", "not_a_number"),
    (field("money", minimum="-1"), "minimum", "amount_negative"),
    (field("money", maximum="1" + "0" * 13), "maximum", "amount_too_large"),
    (field("money", minimum="2", maximum="1.5"), "maximum", "form_ends_crossed"),
    (field("money", unit=Words(en="CNY")), "unit", "form_part_not_here"),
    (field("date", minimum="2026-02-30"), "minimum", "not_a_date"),
    (field("date", minimum="20260101"), "minimum", "not_a_date"),
    (field("date", minimum="2026-12-04", maximum="2026-12-03"), "maximum", "form_ends_crossed"),
    (field("choice", options=()), "options", "form_list_length"),
    (field("choice", options=HOW.options[:1]), "options", "form_list_length"),
    (field("choice", options=(*HOW.options, HOW.options[0])), "options.0.key", "form_key_twice"),
    (field("choice", options=(HOW.options[0], Option("b", Words()))), "options.1.label", "one_language"),
    (
        field("choice", options=(HOW.options[0], Option("b", Words(en="Own")))),
        "options.0.label",
        "form_label_twice",
    ),
    (
        field("choice", options=(HOW.options[0], Option("B b", Words(en="B")))),
        "options.1.key",
        "form_not_a_key",
    ),
    (field("table", columns=()), "columns", "form_list_length"),
    (
        field("table", columns=tuple(Option(f"c{n}", Words(en=f"C{n}")) for n in range(9))),
        "columns",
        "form_list_length",
    ),
    (field("consent", terms=Words()), "terms", "one_language"),
    (field("consent", terms=Words(en="x" * 10_001)), "terms.en", "too_long"),
    (field("trl", not_below="title"), "not_below", "form_not_a_level"),
    (field("trl", not_below="it"), "not_below", "form_not_a_level"),
    (field("text", shown_if=ShownIf("nowhere", ("own",))), "shown_if", "form_switch_not_earlier"),
    (field("text", shown_if=ShownIf("it", ("own",))), "shown_if", "form_switch_not_earlier"),
    (field("text", shown_if=ShownIf("title", ("own",))), "shown_if", "form_not_a_switch"),
]


@pytest.mark.parametrize(("wrong", "part", "code"), FAULTS, ids=[f"{p}-{c}" for _f, p, c in FAULTS])
def test_each_fault_is_told_at_its_place(wrong: Field, part: str, code: str) -> None:
    assert (f"{AT}.{part}", code) in told(form(wrong))


def test_what_shows_a_field_is_an_earlier_choice_with_that_answer() -> None:
    depends = replace(field("text"), shown_if=ShownIf("how", ("own",)))
    assert told(form(HOW, depends)) == []
    assert told(form(depends, HOW)) == [(f"{AT}.shown_if", "form_switch_not_earlier")]
    lost = replace(depends, shown_if=ShownIf("how", ("own", "gone")))
    assert told(form(HOW, lost)) == [("sections.0.fields.2.shown_if", "form_switch_answer")]
    agreed = field("consent", key="agreed")
    assert told(form(agreed, replace(depends, shown_if=ShownIf("agreed", ("yes",))))) == []
    assert told(form(agreed, replace(depends, shown_if=ShownIf("agreed", ("maybe",))))) != []


def test_the_title_is_there_required_shown_and_always_asked() -> None:
    assert told(Spec((Section("one", Words(en="One"), fields=(HOW,)),))) == [("sections", "form_needs_title")]
    title = replace(TITLE, required=False, hidden=True, shown_if=ShownIf("how", ("own",)))
    spec = Spec((Section("one", Words(en="One"), fields=(HOW, title)),))
    assert [code for _where, code in told(spec)] == [
        "form_title_required",
        "form_title_shown",
        "form_title_shown",
    ]


def test_a_form_has_an_end() -> None:
    many = tuple(replace(field("text"), key=f"it_{n}") for n in range(60))
    assert ("sections", "form_too_many_fields") in told(form(*many))
    sections = tuple(
        Section(f"s{n}", Words(en="S"), fields=(replace(TITLE, key=f"t{n}"),)) for n in range(21)
    )
    assert ("sections", "form_too_many_sections") in told(Spec(sections))
    twice = Spec((*form().sections, *form(HOW).sections))
    assert {code for _where, code in told(twice)} == {"form_key_twice"}
    assert ("sections.0.fields", "form_empty_section") in told(Spec((Section("a", Words(en="A")),)))


def test_a_form_is_built_step_by_step() -> None:
    spec = formedit.add_section(form(), Words("条件", "The terms"))
    assert spec.sections[1].key == "the_terms"
    spec, key = formedit.add_field(spec, "the_terms", "number")
    spec, second = formedit.add_field(spec, "the_terms", "number", taken={"number_2"})
    assert (key, second) == ("number_1", "number_3"), "a key that another version had is not taken again"
    spec, quote = formedit.add_field(spec, "the_terms", "quote")
    assert (spec.get("quote") or TITLE).label.en == "Quote"
    assert formedit.add_field(spec, "the_terms", "quote") == (spec, ""), "a known field is there once"
    spec, copy = formedit.duplicate(spec, key)
    assert [each.key for each in spec.sections[1].fields] == [key, copy, second, quote]
    assert formedit.duplicate(spec, "indicators") == (spec, "")


def test_fields_move_within_and_across_sections() -> None:
    spec = Spec((*form(HOW).sections, Section("two", Words(en="Two"), fields=(field("text"),))))

    def order(spec: Spec) -> list[list[str]]:
        return [[each.key for each in section.fields] for section in spec.sections]

    assert order(formedit.step(spec, "how", -1)) == [["how", "title"], ["it"]]
    assert order(formedit.step(spec, "how", 1)) == [["title"], ["how", "it"]]
    assert order(formedit.step(spec, "it", -1)) == [["title", "how", "it"], []]
    assert order(formedit.step(spec, "title", -1)) == order(spec), "the first stays the first"
    assert order(formedit.move(spec, "title", "two", 1)) == [["how"], ["it", "title"]]
    assert order(formedit.move(spec, "title", "nowhere", 0)) == order(spec)
    assert order(formedit.step_section(spec, "two", -1)) == [["it"], ["title", "how"]]
    assert order(formedit.remove(spec, "how")) == [["title"], ["it"]]
    assert order(formedit.remove_section(spec, "two")) == [["title", "how"]]


def test_a_section_is_copied_with_what_refers_within_it() -> None:
    depends = replace(field("text"), shown_if=ShownIf("how", ("own",)))
    spec = formedit.duplicate_section(form(HOW, depends), "one")
    assert [each.key for each in spec.sections[1].fields] == ["how_2", "it_2"]
    assert spec.sections[1].fields[1].shown_if == ShownIf("how_2", ("own",))
    assert told(spec) == []


def test_a_new_key_is_followed_by_those_who_name_it() -> None:
    depends = replace(field("text"), shown_if=ShownIf("how", ("own",)))
    spec = formedit.set_field(form(HOW, depends), "how", replace(HOW, key="way"))
    assert spec.get("it") == replace(depends, shown_if=ShownIf("way", ("own",)))


def test_another_kind_keeps_what_it_knows() -> None:
    short = field("text", required=True, hidden=True, help=Words(en="Help"), most=50)
    spec = formedit.change_kind(form(short), "it", "long")
    assert spec.get("it") == replace(short, kind="long", most=None)
    several = formedit.change_kind(form(HOW), "how", "choices")
    assert (several.get("how") or TITLE).options == HOW.options
    assert formedit.change_kind(form(), "title", "long") == form(), "known fields keep their kind"
    assert formedit.change_kind(form(short), "it", "indicators") == form(short)


def test_options_keep_their_keys_and_new_ones_get_some() -> None:
    rows = [
        ("own", Words(en="Our own")),
        ("", Words(en="Own")),
        ("", Words(zh="租用")),
        ("", Words(zh="购买")),
    ]
    assert [each.key for each in formedit.with_keys(rows, "option")] == [
        "own",
        "own_2",
        "option_1",
        "option_2",
    ]


def test_a_place_is_found_again() -> None:
    spec = form(HOW)
    section, found, rest = formfaults.named(spec, "sections.0.fields.1.options.2.label")
    assert (section, found, rest) == (spec.sections[0], HOW, ["options", "2", "label"])
    assert formfaults.named(spec, "sections.7.fields.1") == (None, None, ["sections", "7", "fields", "1"])
    assert formfaults.named(spec, "file")[2] == ["file"]
    assert formfaults.place_of(spec, "how") == AT
    assert isinstance(formfaults.faults(form(field("text", key="")))[0], Invalid)
