"""A form as a file: every fault is told at its place, and a bad one brings nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from challenge.rules import formspec
from challenge.rules.errors import InvalidMany
from challenge.rules.usual_form import FOR_A_REQUIREMENT
from challenge.submissions import formfiles


def _break(where: str, value: Any) -> Callable[[Any], None]:
    """Set a part of the document, by its path."""
    *path, last = [int(part) if part.isdecimal() else part for part in where.split(".")]

    def change(document: Any) -> None:
        for part in path:
            document = document[part]
        document[last] = value

    return change


TITLE = "sections.0.fields.0"
FILE_FAULTS: list[tuple[str, Any, str, str]] = [
    ("format", "challenge-form/2", "format", "form_other_format"),
    ("more", 1, "more", "form_part_unknown"),
    ("sections", [], "sections", "form_too_few"),
    ("sections", {}, "sections", "form_type"),
    ("sections.0.fields", [], "sections.0.fields", "form_too_few"),
    ("sections.0.title", {}, "sections.0.title", "one_language"),
    ("sections.0.title", {"de": "Lösung"}, "sections.0.title.de", "form_part_unknown"),
    (f"{TITLE}.kind", "essay", f"{TITLE}.kind", "form_kind_unknown"),
    (f"{TITLE}.key", "Titel!", f"{TITLE}.key", "form_pattern"),
    (f"{TITLE}.label", "Title", f"{TITLE}.label", "form_type"),
    (f"{TITLE}.label.en", "x" * 201, f"{TITLE}.label.en", "too_long"),
    (f"{TITLE}.label.en", "", f"{TITLE}.label.en", "required"),
    (f"{TITLE}.label.en", "a\x00", f"{TITLE}.label.en", "form_not_text"),
    (f"{TITLE}.required", "yes", f"{TITLE}.required", "form_type"),
    (f"{TITLE}.required", False, f"{TITLE}.required", "form_title_required"),
    (f"{TITLE}.most", 5000, f"{TITLE}.most", "form_above"),
    (f"{TITLE}.most", 0, f"{TITLE}.most", "form_below"),
    (f"{TITLE}.most", 1.5, f"{TITLE}.most", "form_type"),
    (f"{TITLE}.unit", {"en": "kg"}, f"{TITLE}.unit", "form_part_not_here"),
    (f"{TITLE}.terms_version", 2, f"{TITLE}.terms_version", "form_part_not_here"),
    (f"{TITLE}.style", "color:red", f"{TITLE}.style", "form_part_unknown"),
    (f"{TITLE}.shown_if", {"field": "title"}, f"{TITLE}.shown_if.among", "form_part_missing"),
    (
        "sections.0.fields.1.shown_if",
        {"field": "gone", "among": ["a"]},
        "sections.0.fields.1.shown_if",
        "form_switch_not_earlier",
    ),
    ("sections.2.fields.2.minimum", "-1", "sections.2.fields.2.minimum", "form_pattern"),
    ("sections.0.fields.1.key", "title", "sections.0.fields.1.key", "form_key_twice"),
    ("sections.2.fields.1.not_below", "quote", "sections.2.fields.1.not_below", "form_not_a_level"),
    ("sections.3.fields.0.terms_version", 0, "sections.3.fields.0.terms_version", "form_below"),
]


@pytest.mark.parametrize(("where", "value", "place", "code"), FILE_FAULTS)
def test_each_fault_of_a_file_is_told_at_its_place(where: str, value: Any, place: str, code: str) -> None:
    document = formspec.write(FOR_A_REQUIREMENT)
    _break(where, value)(document)
    with pytest.raises(InvalidMany) as refused:
        formfiles.read(json.dumps(document).encode())
    assert (place, code) in [(fault.field, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"42",
        b"\xff\xfe",
        b"{'a': 1}",
        b'{"format": NaN}',
        b'{"format": "challenge-form/1", "format": "challenge-form/1", "sections": []}',
        b"[" * 100_000,
        b'{"a":' * 50 + b"1" + b"}" * 50,
        b'{"format": "challenge-form/1", "sections": [{"key": "' + b"x" * 600_000,
        b"\x89PNG\r\n",
    ],
    ids=[
        "empty",
        "null",
        "list",
        "number",
        "utf-16",
        "python",
        "nan",
        "twice",
        "deep",
        "nested",
        "huge",
        "png",
    ],
)
def test_what_is_no_form_is_refused_whole(data: bytes) -> None:
    with pytest.raises(InvalidMany) as refused:
        formfiles.read(data)
    assert len(refused.value.faults) == 1
    assert refused.value.faults[0].field == "file"


def test_a_file_may_begin_with_a_mark_and_a_fault_list_has_an_end() -> None:
    file = formfiles.export(FOR_A_REQUIREMENT)
    assert formfiles.read(b"\xef\xbb\xbf" + file) == FOR_A_REQUIREMENT
    document = formspec.write(FOR_A_REQUIREMENT)
    document["sections"][0]["fields"] = [{"key": "-"} for _number in range(60)]
    with pytest.raises(InvalidMany) as refused:
        formfiles.read(json.dumps(document).encode())
    assert len(refused.value.faults) == formfiles.SHOWN_FAULTS


def test_the_schema_and_the_rules_know_the_same_kinds_and_parts() -> None:
    from challenge.rules.formfaults import PARTS, SPECIAL

    field = json.loads(formfiles.SCHEMA.read_text("utf-8"))["$defs"]["field"]
    assert tuple(field["properties"]["kind"]["enum"]) == formspec.KINDS
    barred = {
        rule["if"]["properties"]["kind"]["const"]: {
            name for name, told in rule["then"]["properties"].items() if told == {"not": {}}
        }
        for rule in field["allOf"]
    }
    for kind, parts in PARTS.items():
        assert barred[kind] - {"terms_version"} == set(SPECIAL) - parts, kind
