"""Steps of building a form: each takes a form and gives the changed one, or the same where nothing fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from challenge.rules.formfaults import FIXED, KEY, PARTS, RESERVED, SPECIAL
from challenge.rules.formspec import KINDS, Field, Option, Section, ShownIf, Spec, Words
from challenge.rules.usual_form import FOR_A_REQUIREMENT

# Fields that the product knows by their keys: they are put back as the usual form has them.
PRESETS: dict[str, Field] = {field.key: field for field in FOR_A_REQUIREMENT if field.key in FIXED}
LENGTH = 40


def missing_presets(spec: Spec) -> list[Field]:
    """The known fields that the form has not."""
    return [field for key, field in PRESETS.items() if spec.get(key) is None]


def free_key(wanted: str, taken: Iterable[str]) -> str:
    """The key itself, or with the first number that makes it free."""
    used, number, found = {*taken, *RESERVED}, 2, wanted
    while found in used:
        found, number = f"{_stem(wanted)[: LENGTH - 4]}_{number}", number + 1
    return found


def _stem(key: str) -> str:
    return re.sub(r"_\d+$", "", key)


def key_from(words: Words, otherwise: str) -> str:
    """A key that reads like the English label; `otherwise` where there is none to read."""
    text = re.sub(r"[^a-z0-9]+", "_", (words.en or "").lower()).strip("_")[: LENGTH - 4].strip("_")
    return text if KEY.fullmatch(text) else otherwise


def keys_of(spec: Spec) -> set[str]:
    """Every key of a field."""
    return {field.key for field in spec}


def add_section(spec: Spec, title: Words) -> Spec:
    """A section more, at the end."""
    key = free_key(key_from(title, "section"), (section.key for section in spec.sections))
    return Spec((*spec.sections, Section(key, title)))


def set_section(spec: Spec, key: str, title: Words, help_: Words) -> Spec:
    """The section of that key with another title and help."""
    return _each(
        spec, lambda section: replace(section, title=title, help=help_) if section.key == key else section
    )


def add_field(spec: Spec, section: str, kind: str, taken: Iterable[str] = ()) -> tuple[Spec, str]:
    """A field more at the end of a section, of a kind or a known one by its key; and the new field's key.

    `taken`: keys that other versions of the form had, so that no old answer turns up in a new field.
    """
    field = PRESETS.get(kind)
    if field is None or spec.get(kind) is not None:
        if kind not in KINDS or kind in FIXED:
            return spec, ""
        field = Field(free_key(f"{kind}_1", {*keys_of(spec), *taken, *FIXED}), kind, Words())
    new = field
    return _each(spec, lambda at: replace(at, fields=(*at.fields, new)) if at.key == section else at), new.key


def set_field(spec: Spec, key: str, field: Field) -> Spec:
    """The field of that key replaced; whoever refers to it follows where its key changed."""

    def follow(other: Field) -> Field:
        if other.key == key:
            return field
        if other.shown_if is not None and other.shown_if.field == key:
            other = replace(other, shown_if=ShownIf(field.key, other.shown_if.among))
        return replace(other, not_below=field.key) if other.not_below == key else other

    return _each(
        spec, lambda section: replace(section, fields=tuple(follow(each) for each in section.fields))
    )


def change_kind(spec: Spec, key: str, kind: str) -> Spec:
    """Another kind of answer: label, help and who sees it stay, what the new kind does not know goes."""
    field = spec.get(key)
    if field is None or kind not in KINDS or key in FIXED or kind in FIXED or kind == field.kind:
        return spec
    blank = Field(key, kind, field.label)
    kept = {name: getattr(field, name) for name in SPECIAL if name in PARTS[kind] & PARTS[field.kind]}
    kept |= {name: getattr(field, name) for name in ("help", "required", "hidden", "shown_if")}
    if {field.kind, kind} & {"number", "date"} or not {field.kind, kind} <= {"choices", "files", "table"}:
        # Twenty characters are not twenty rows, and a smallest number is no first day.
        kept = {
            name: value
            for name, value in kept.items()
            if name not in ("most", "fewest", "minimum", "maximum")
        }
    return set_field(spec, key, replace(blank, **kept))


def remove(spec: Spec, key: str) -> Spec:
    """Without the field; what was answered in it stays in the drafts."""
    return _each(spec, lambda at: replace(at, fields=tuple(each for each in at.fields if each.key != key)))


def remove_section(spec: Spec, key: str) -> Spec:
    """Without the section and all its fields."""
    return Spec(tuple(section for section in spec.sections if section.key != key))


def duplicate(spec: Spec, key: str, taken: Iterable[str] = ()) -> tuple[Spec, str]:
    """The field once more, right after itself, under a key of its own; and that key."""
    field = spec.get(key)
    if field is None or field.kind in FIXED:
        return spec, ""
    copy = replace(field, key=free_key(f"{_stem(key)}_2", {*keys_of(spec), *taken, *FIXED}), terms_version=1)

    def twice(section: Section) -> Section:
        rows: list[Field] = []
        for each in section.fields:
            rows += [each, copy] if each.key == key else [each]
        return replace(section, fields=tuple(rows))

    return _each(spec, twice), copy.key


def duplicate_section(spec: Spec, key: str, taken: Iterable[str] = ()) -> Spec:
    """The section once more after itself, its fields under keys of their own; known fields stay single."""
    at = next((n for n, section in enumerate(spec.sections) if section.key == key), None)
    if at is None:
        return spec
    section, used, fields, new = spec.sections[at], {*keys_of(spec), *taken, *FIXED}, [], {}
    for field in section.fields:
        if field.key in FIXED:
            continue
        new[field.key] = free_key(_stem(field.key) + "_2", used)
        used.add(new[field.key])
        fields.append(replace(field, key=new[field.key], terms_version=1))
    copied = tuple(_following(field, new) for field in fields)
    copy = replace(section, key=free_key(key, (each.key for each in spec.sections)), fields=copied)
    return Spec((*spec.sections[: at + 1], copy, *spec.sections[at + 1 :]))


def _following(field: Field, new: dict[str, str]) -> Field:
    """References within what was copied point into the copy."""
    if field.shown_if is not None:
        field = replace(
            field, shown_if=replace(field.shown_if, field=new.get(field.shown_if.field, field.shown_if.field))
        )
    return replace(field, not_below=new.get(field.not_below or "", field.not_below))


def step(spec: Spec, key: str, by: int) -> Spec:
    """The field one place up or down; at the end of its section it goes into the next one."""
    at, place = _find(spec, key)
    if at is None:
        return spec
    there = place + by
    if 0 <= there < len(spec.sections[at].fields):
        return move(spec, key, spec.sections[at].key, there)
    if not 0 <= at + by < len(spec.sections):
        return spec
    neighbour = spec.sections[at + by]
    return move(spec, key, neighbour.key, len(neighbour.fields) if by < 0 else 0)


def move(spec: Spec, key: str, section: str, place: int) -> Spec:
    """The field at that place of that section, as it stands without the field."""
    field = spec.get(key)
    if field is None or all(each.key != section for each in spec.sections):
        return spec
    moved = field

    def put(at: Section) -> Section:
        if at.key != section:
            return at
        rows = list(at.fields)
        rows.insert(max(place, 0), moved)
        return replace(at, fields=tuple(rows))

    return _each(remove(spec, key), put)


def step_section(spec: Spec, key: str, by: int) -> Spec:
    """The section one place up or down."""
    rows = list(spec.sections)
    at = next((n for n, section in enumerate(rows) if section.key == key), None)
    if at is None or not 0 <= at + by < len(rows):
        return spec
    rows.insert(at + by, rows.pop(at))
    return Spec(tuple(rows))


def _find(spec: Spec, key: str) -> tuple[int | None, int]:
    for number, section in enumerate(spec.sections):
        for place, field in enumerate(section.fields):
            if field.key == key:
                return number, place
    return None, 0


def _each(spec: Spec, change: Callable[[Section], Section]) -> Spec:
    return Spec(tuple(change(section) for section in spec.sections))


def with_keys(rows: Iterable[tuple[str, Words]], stem: str) -> tuple[Option, ...]:
    """Options or columns as typed: each keeps its key, a new one gets one that reads like its label."""
    listed = list(rows)
    used = {key for key, _label in listed if key}
    found = []
    for key, label in listed:
        named = key or free_key(key_from(label, f"{stem}_1"), used)
        used.add(named)
        found.append(Option(named, label))
    return tuple(found)
