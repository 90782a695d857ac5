"""A round's own submission form as plain values: sections of fields, as its organizer wrote it.

The stored spec is JSON (`challenge-form/1`, checked by submissions/forms); this is its shape in Python.
Some keys are known to the rest of the product and keep their kind: see `KNOWN` and `formfaults.FIXED`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FORMAT = "challenge-form/1"
KINDS = (
    "text",
    "long",
    "number",
    "money",
    "date",
    "choice",
    "choices",
    "trl",
    "link",
    "files",
    "table",
    "indicators",
    "consent",
)
# What the lists, awards and the gallery read of every submission, whatever its form: key -> kind.
KNOWN: Mapping[str, str] = {"title": "text", "summary": "long", "quote": "money"}
LONGEST: Mapping[str, int] = {"text": 200, "long": 20_000, "link": 500}
EVIDENCE = 600
MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Words:
    """A label in both languages; one may be missing."""

    zh: str | None = None
    en: str | None = None

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def say(self, zh: bool) -> str:
        """In the reader's language, else in the other."""
        return ((self.zh or self.en) if zh else (self.en or self.zh)) or ""


NOTHING = Words()


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a list, or a column of a table."""

    key: str
    label: Words


@dataclass(frozen=True, slots=True)
class ShownIf:
    """The field is asked only where another one (a choice or a consent) has one of these values."""

    field: str
    among: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `most`: characters, files, rows, choices; `minimum` and `maximum`: decimals or dates.

    Of a sum of money they are in the main unit of the submission's currency. `hidden`: judges never load
    its answer. `terms` and `terms_version` belong to a consent.
    """

    key: str
    kind: str
    label: Words
    help: Words = NOTHING
    required: bool = False
    hidden: bool = False
    shown_if: ShownIf | None = None
    fewest: int | None = None
    most: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    not_below: str | None = None  # a TRL that may not be lower than this field's
    unit: Words = NOTHING
    options: tuple[Option, ...] = ()
    columns: tuple[Option, ...] = ()
    terms: Words = NOTHING
    terms_version: int = 1

    @property
    def longest(self) -> int:
        """How many characters a text takes."""
        return min(self.most or LONGEST.get(self.kind, 200), LONGEST.get(self.kind, 20_000))


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under one heading."""

    key: str
    title: Words
    help: Words = NOTHING
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """A whole form."""

    sections: tuple[Section, ...]

    def __iter__(self) -> Iterator[Field]:
        return (field for section in self.sections for field in section.fields)

    def get(self, key: str) -> Field | None:
        """The field of that key."""
        return next((field for field in self if field.key == key), None)

    def of_kind(self, kind: str) -> list[Field]:
        """The fields of a kind, in their order."""
        return [field for field in self if field.kind == kind]

    def is_shown(self, field: Field, values: Mapping[str, Any]) -> bool:
        """Whether the field is asked, given the other answers; it depends on what is itself asked."""
        rule, seen = field.shown_if, {field.key}
        while rule is not None:
            other = self.get(rule.field)
            if other is None or other.key in seen or not _chosen(values.get(other.key)) & set(rule.among):
                return False
            seen.add(other.key)
            rule = other.shown_if
        return True


def _chosen(value: object) -> set[str]:
    if isinstance(value, list | tuple):
        return {str(each) for each in value}
    if isinstance(value, int):  # a consent: the version that was accepted
        return {"yes"} if value else {"no"}
    return {str(value or "")}


def read(data: Mapping[str, Any]) -> Spec:
    """The spec of a stored document, which was checked when it was stored."""
    return Spec(
        tuple(
            Section(
                each["key"],
                _words(each.get("title")),
                _words(each.get("help")),
                tuple(_field(field) for field in each.get("fields", ())),
            )
            for each in data["sections"]
        )
    )


def _field(data: Mapping[str, Any]) -> Field:
    rule = data.get("shown_if")
    plain = ("required", "hidden", "fewest", "most", "minimum", "maximum", "not_below", "terms_version")
    return Field(
        data["key"],
        data["kind"],
        _words(data.get("label")),
        help=_words(data.get("help")),
        unit=_words(data.get("unit")),
        terms=_words(data.get("terms")),
        shown_if=ShownIf(rule["field"], tuple(rule["among"])) if rule else None,
        options=_options(data.get("options")),
        columns=_options(data.get("columns")),
        **{name: data[name] for name in plain if name in data},
    )


def _words(data: Mapping[str, str] | None) -> Words:
    return Words(data.get("zh") or None, data.get("en") or None) if data else NOTHING


def _options(data: list[Mapping[str, Any]] | None) -> tuple[Option, ...]:
    return tuple(Option(each["key"], _words(each.get("label"))) for each in data or ())


def write(spec: Spec) -> dict[str, Any]:
    """The document of a spec: what `read` reads, without what says nothing."""
    return {
        "format": FORMAT,
        "sections": [
            {
                "key": section.key,
                **_said("title", section.title),
                **_said("help", section.help),
                "fields": [_document(field) for field in section.fields],
            }
            for section in spec.sections
        ],
    }


def _document(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"key": field.key, "kind": field.kind}
    for name in ("label", "help", "unit", "terms"):
        found |= _said(name, getattr(field, name))
    for name in ("required", "hidden", "fewest", "most", "minimum", "maximum", "not_below"):
        value = getattr(field, name)
        if value not in (None, False):
            found[name] = value
    if field.kind == "consent":
        found["terms_version"] = field.terms_version
    if field.shown_if:
        found["shown_if"] = {"field": field.shown_if.field, "among": list(field.shown_if.among)}
    for name in ("options", "columns"):
        listed = getattr(field, name)
        if listed:
            found[name] = [{"key": each.key, **_said("label", each.label)} for each in listed]
    return found


def _said(name: str, words: Words) -> dict[str, dict[str, str]]:
    said = {lang: text for lang, text in (("zh", words.zh), ("en", words.en)) if text}
    return {name: said} if said else {}
