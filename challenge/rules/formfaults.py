"""What is wrong with a form that its schema cannot say: references, keys that are known, limits that fit.

Every fault is an `Invalid` whose `field` is its place in the document: `sections.1.fields.0.options.2.label`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from challenge.rules.answers import LARGEST
from challenge.rules.errors import Invalid
from challenge.rules.formspec import KNOWN, LONGEST, MOST_ROWS, Field, Option, Section, Spec, Words

MOST_SECTIONS, MOST_FIELDS = 20, 60
MOST_OPTIONS, MOST_COLUMNS, MOST_FILES = 50, 8, 50
LABEL, HELP, TERMS, UNIT = 200, 1000, 10_000, 30
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
# What the product reads by its key, whatever the form: it keeps its kind.
FIXED: Mapping[str, str] = {**KNOWN, "indicators": "indicators"}
# Parts of a submission that are no fields, under whose names nothing else may stand.
RESERVED = frozenset(
    {"team", "team_name", "organization_id", "draft_version", "csrf_token", "remove_file", "next"}
)
LARGEST_SUM = 10**12  # in main units: every currency's coins of it are kept
SWITCHES = frozenset({"choice", "choices", "consent"})  # what `shown_if` can depend on
CONSENT_ANSWERS = ("yes", "no")
# The parts that say something about a kind, beside those that every kind has.
PARTS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"most"}),
    "long": frozenset({"most"}),
    "number": frozenset({"minimum", "maximum", "unit"}),
    "money": frozenset({"minimum", "maximum"}),
    "date": frozenset({"minimum", "maximum"}),
    "choice": frozenset({"options"}),
    "choices": frozenset({"options", "fewest", "most"}),
    "trl": frozenset({"not_below"}),
    "link": frozenset({"most"}),
    "files": frozenset({"fewest", "most"}),
    "table": frozenset({"columns", "fewest", "most"}),
    "indicators": frozenset(),
    "consent": frozenset({"terms"}),
}
SPECIAL = ("most", "fewest", "minimum", "maximum", "unit", "options", "columns", "not_below", "terms")
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def faults(spec: Spec) -> list[Invalid]:
    """Everything that keeps the form from being put in force, in its order."""
    return [*_whole(spec), *_title(spec), *_sections(spec)]


def _whole(spec: Spec) -> Iterator[Invalid]:
    if len(spec.sections) > MOST_SECTIONS:
        yield Invalid("sections", "form_too_many_sections", most=MOST_SECTIONS)
    count = sum(1 for _field in spec)
    if count > MOST_FIELDS:
        yield Invalid("sections", "form_too_many_fields", most=MOST_FIELDS, count=count)


def _title(spec: Spec) -> Iterator[Invalid]:
    """Lists, receipts and awards call a submission by its title: there is always one, seen by all."""
    if spec.get("title") is None:
        yield Invalid("sections", "form_needs_title")


def _sections(spec: Spec) -> Iterator[Invalid]:
    sections = Counter(section.key for section in spec.sections)
    fields = Counter(field.key for field in spec)
    earlier: dict[str, Field] = {}
    for number, section in enumerate(spec.sections):
        where = f"sections.{number}"
        yield from _key(where, section.key, sections)
        yield from _said(f"{where}.title", section.title, LABEL, needed=True)
        yield from _said(f"{where}.help", section.help, HELP)
        if not section.fields:
            yield Invalid(f"{where}.fields", "form_empty_section")
        for place, field in enumerate(section.fields):
            here = f"{where}.fields.{place}"
            yield from _key(here, field.key, fields)
            yield from _field(here, field, earlier)
            earlier.setdefault(field.key, field)


def _key(where: str, key: str, all_of_them: Counter[str]) -> Iterator[Invalid]:
    if not KEY.fullmatch(key):
        yield Invalid(f"{where}.key", "form_not_a_key")
    elif key in RESERVED:
        yield Invalid(f"{where}.key", "form_key_reserved", key=key)
    elif all_of_them[key] > 1:
        yield Invalid(f"{where}.key", "form_key_twice", key=key)


def _said(where: str, words: Words, most: int, *, needed: bool = False) -> Iterator[Invalid]:
    """A text in two languages: in one at least where it is needed, neither too long, both readable."""
    if needed and not ((words.zh or "").strip() or (words.en or "").strip()):
        yield Invalid(where, "one_language")
    for lang, text in (("zh", words.zh), ("en", words.en)):
        if text and len(text) > most:
            yield Invalid(f"{where}.{lang}", "too_long", most=most, length=len(text))
        if text and _UNSAFE.search(text):
            yield Invalid(f"{where}.{lang}", "form_not_text")


def _field(where: str, field: Field, earlier: Mapping[str, Field]) -> Iterator[Invalid]:
    yield from _said(f"{where}.label", field.label, LABEL, needed=True)
    yield from _said(f"{where}.help", field.help, HELP)
    yield from _said(f"{where}.unit", field.unit, UNIT)
    yield from _said(f"{where}.terms", field.terms, TERMS, needed=field.kind == "consent")
    yield from _known(where, field)
    for name in SPECIAL:
        if getattr(field, name) and name not in PARTS[field.kind]:
            yield Invalid(f"{where}.{name}", "form_part_not_here", part=name, kind=field.kind)
    if "options" in PARTS[field.kind]:
        yield from _listed(f"{where}.options", field.options, 2, MOST_OPTIONS)
    if "columns" in PARTS[field.kind]:
        yield from _listed(f"{where}.columns", field.columns, 1, MOST_COLUMNS)
    yield from _limits(where, field)
    yield from _range(where, field)
    yield from _references(where, field, earlier)


def _known(where: str, field: Field) -> Iterator[Invalid]:
    kind = FIXED.get(field.key)
    if kind is not None and field.kind != kind:
        yield Invalid(f"{where}.kind", "form_kind_fixed", key=field.key, kind=kind)
    if field.kind == "indicators" and field.key != "indicators":
        yield Invalid(f"{where}.key", "form_indicators_key")
    if field.key != "title":
        return
    if not field.required:
        yield Invalid(f"{where}.required", "form_title_required")
    if field.hidden:
        yield Invalid(f"{where}.hidden", "form_title_shown")
    if field.shown_if is not None:
        yield Invalid(f"{where}.shown_if", "form_title_shown")


def _listed(where: str, options: tuple[Option, ...], least: int, most: int) -> Iterator[Invalid]:
    if not least <= len(options) <= most:
        yield Invalid(where, "form_list_length", least=least, most=most, count=len(options))
    keys = Counter(option.key for option in options)
    labels = Counter(option.label for option in options)
    for place, option in enumerate(options):
        here = f"{where}.{place}"
        if not KEY.fullmatch(option.key):
            yield Invalid(f"{here}.key", "form_not_a_key")
        elif keys[option.key] > 1:
            yield Invalid(f"{here}.key", "form_key_twice", key=option.key)
        yield from _said(f"{here}.label", option.label, LABEL, needed=True)
        if option.label and labels[option.label] > 1:
            yield Invalid(f"{here}.label", "form_label_twice")


def ceiling(field: Field) -> int:
    """The largest `most` that says anything for the field."""
    if field.kind == "choices":
        return max(len(field.options), 1)
    return {"files": MOST_FILES, "table": MOST_ROWS}.get(field.kind) or LONGEST.get(field.kind, MOST_ROWS)


def _limits(where: str, field: Field) -> Iterator[Invalid]:
    if field.most is not None and not 1 <= field.most <= ceiling(field):
        yield Invalid(f"{where}.most", "out_of_range", minimum=1, maximum=ceiling(field))
    elif field.fewest is not None and not 0 <= field.fewest <= (field.most or ceiling(field)):
        yield Invalid(f"{where}.fewest", "out_of_range", minimum=0, maximum=field.most or ceiling(field))


def _range(where: str, field: Field) -> Iterator[Invalid]:
    """Smallest and largest are numbers or days, and in their order."""
    if field.kind not in ("number", "money", "date"):
        return
    ends: dict[str, Decimal | dt.date] = {}
    for name in ("minimum", "maximum"):
        text = getattr(field, name)
        if text is not None:
            value = _end(field.kind, text)
            if isinstance(value, str):
                yield Invalid(f"{where}.{name}", value)
            else:
                ends[name] = value
    if len(ends) == 2 and ends["maximum"] < ends["minimum"]:  # type: ignore[operator]
        yield Invalid(f"{where}.maximum", "form_ends_crossed")


def _end(kind: str, text: str) -> Decimal | dt.date | str:
    """A smallest or largest answer, or the code of what is wrong with it."""
    if kind == "date":
        return day(text) or "not_a_date"
    value = decimal(text)
    if value is None:
        return "not_a_number"
    if kind == "money" and value < 0:
        return "amount_negative"
    return "amount_too_large" if kind == "money" and value > LARGEST_SUM else value


def decimal(text: str) -> Decimal | None:
    """A plain decimal of a size that a number field takes, or None."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    plain = value.is_finite() and abs(value) <= LARGEST and len(value.as_tuple().digits) <= 24
    return value if plain and re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def day(text: str) -> dt.date | None:
    """A day written 2026-12-04, or None."""
    try:
        value = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return value if value.isoformat() == text else None


def _references(where: str, field: Field, earlier: Mapping[str, Field]) -> Iterator[Invalid]:
    if field.not_below is not None and field.kind == "trl":
        floor = earlier.get(field.not_below)
        if floor is None or floor.kind != "trl":
            yield Invalid(f"{where}.not_below", "form_not_a_level", key=field.not_below)
    rule = field.shown_if
    if rule is None:
        return
    switch = earlier.get(rule.field)
    if switch is None:
        yield Invalid(f"{where}.shown_if", "form_switch_not_earlier", key=rule.field)
    elif switch.kind not in SWITCHES:
        yield Invalid(f"{where}.shown_if", "form_not_a_switch", key=rule.field)
    else:
        unknown = sorted(set(rule.among) - set(answers_of(switch)))
        if unknown or not rule.among:
            yield Invalid(f"{where}.shown_if", "form_switch_answer", answers=", ".join(unknown) or "–")


def answers_of(switch: Field) -> tuple[str, ...]:
    """The answers that a switch can have."""
    return CONSENT_ANSWERS if switch.kind == "consent" else tuple(option.key for option in switch.options)


def place_of(spec: Spec, key: str) -> str:
    """Where a field stands, as faults name it."""
    for number, section in enumerate(spec.sections):
        for place, field in enumerate(section.fields):
            if field.key == key:
                return f"sections.{number}.fields.{place}"
    return "sections"


def named(spec: Spec, where: str) -> tuple[Section | None, Field | None, list[str]]:
    """The section and field that a place lies in, and the parts below them."""
    parts = where.split(".")
    if len(parts) < 2 or parts[0] != "sections" or not _index(parts[1], len(spec.sections)):
        return None, None, parts
    section, rest = spec.sections[int(parts[1])], parts[2:]
    if len(rest) > 1 and rest[0] == "fields" and _index(rest[1], len(section.fields)):
        return section, section.fields[int(rest[1])], rest[2:]
    return section, None, rest


def _index(text: str, length: int) -> bool:
    return text.isdecimal() and int(text) < length
