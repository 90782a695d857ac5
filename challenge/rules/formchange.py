"""What differs between two versions of a form, and what each difference means for those who have begun."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from challenge.rules import answers
from challenge.rules.errors import Invalid
from challenge.rules.formspec import NOTHING, Field, Section, Spec, Words

# Parts of a field that are told as they were and as they are.
_LIMITS = ("fewest", "most", "minimum", "maximum", "not_below")
EMPTY: tuple[Any, ...] = (None, "", [], {}, 0)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a code for its words, the field or section, and what it said before and says now.

    `more`: whoever has begun has more to do because of it.
    """

    code: str
    key: str
    label: Words
    before: str = ""
    after: str = ""
    more: bool = False


def changes(before: Spec, after: Spec) -> list[Change]:
    """Every difference, in the order of the new form; what is gone comes last."""
    found = [*_sections(before, after)]
    for field in after:
        old = before.get(field.key)
        if old is None:
            found.append(Change("added", field.key, field.label, after=field.kind, more=asks(field)))
        else:
            found += _field(old, field)
    found += [
        Change("removed", field.key, field.label, before=field.kind)
        for field in before
        if after.get(field.key) is None
    ]
    return found


def asks(field: Field) -> bool:
    """Whether a submission is incomplete without an answer in it."""
    return field.required or (field.kind == "files" and bool(field.fewest))


def _sections(before: Spec, after: Spec) -> Iterable[Change]:
    old = {section.key: section for section in before.sections}
    new = {section.key: section for section in after.sections}
    for key, section in new.items():
        if key not in old:
            yield Change("section_added", key, section.title)
        elif (section.title, section.help) != (old[key].title, old[key].help):
            yield Change("section_text", key, section.title)
    for key, section in old.items():
        if key not in new:
            yield Change("section_removed", key, section.title)
    if _order(before.sections, new) != _order(after.sections, old):
        yield Change("order", "", NOTHING)


def _order(sections: Iterable[Section], others: Mapping[str, Section]) -> list[tuple[str, str]]:
    """Where the fields stand that both forms have."""
    known = {field.key for section in others.values() for field in section.fields}
    return [
        (section.key, field.key) for section in sections for field in section.fields if field.key in known
    ]


def _field(old: Field, new: Field) -> Iterable[Change]:
    if old.kind != new.kind:
        yield Change("kind", new.key, new.label, old.kind, new.kind, more=asks(new))
        return
    yield from _words(old, new)
    if asks(old) != asks(new):
        yield Change("required" if asks(new) else "optional", new.key, new.label, more=asks(new))
    if old.hidden != new.hidden:
        yield Change("hidden" if new.hidden else "unhidden", new.key, new.label)
    if old.shown_if != new.shown_if:
        # What was asked of everybody and is asked of some is no more than before.
        yield Change("shown_if", new.key, new.label, more=asks(new) and old.shown_if is not None)
    for name in _LIMITS:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            more = name == "fewest" and (now or 0) > (was or 0)
            yield Change(name, new.key, new.label, _plain(was), _plain(now), more=more)
    yield from _lists(old, new)


def _plain(limit: int | str | None) -> str:
    return "" if limit is None else str(limit)


def _words(old: Field, new: Field) -> Iterable[Change]:
    if old.label != new.label:
        yield Change("label", new.key, new.label, both(old.label), both(new.label))
    if old.help != new.help:
        yield Change("help", new.key, new.label)
    if old.unit != new.unit:
        yield Change("unit", new.key, new.label, both(old.unit), both(new.unit))
    if (old.terms, old.terms_version) != (new.terms, new.terms_version):
        versions = str(old.terms_version), str(new.terms_version)
        yield Change("terms", new.key, new.label, *versions, more=new.required)


def _lists(old: Field, new: Field) -> Iterable[Change]:
    for name, what in (("options", "option"), ("columns", "column")):
        was = {each.key: each for each in getattr(old, name)}
        now = {each.key: each for each in getattr(new, name)}
        for key, option in now.items():
            if key not in was:
                yield Change(f"{what}_added", new.key, new.label, after=both(option.label))
            elif was[key].label != option.label:
                yield Change(f"{what}_label", new.key, new.label, both(was[key].label), both(option.label))
        for key, option in was.items():
            if key not in now:
                yield Change(f"{what}_removed", new.key, new.label, before=both(option.label))


def both(words: Words) -> str:
    """A text in each of its languages."""
    return " / ".join(dict.fromkeys(filter(None, (words.zh, words.en))))


def renumbered(spec: Spec, earlier: Iterable[Spec]) -> Spec:
    """The form with its consents numbered: terms that differ from those that stood last get the next number.

    `earlier`: every version before, the newest first.
    """
    versions = list(earlier)

    def numbered(field: Field) -> Field:
        if field.kind != "consent":
            return field
        known = [old for each in versions if (old := each.get(field.key)) and old.kind == "consent"]
        if not known:
            return field
        if known[0].terms == field.terms:
            return replace(field, terms_version=known[0].terms_version)
        return replace(field, terms_version=max(old.terms_version for old in known) + 1)

    return Spec(
        tuple(
            replace(section, fields=tuple(numbered(each) for each in section.fields))
            for section in spec.sections
        )
    )


def last_seen(key: str, earlier: Iterable[Spec]) -> Field | None:
    """The field of that key as it stood last, however long ago: answers to it may lie in drafts still."""
    return next((field for each in earlier if (field := each.get(key)) is not None), None)


def risky(old: Field, new: Field) -> bool:
    """Whether an answer to the old field might not fit the new one: then the answers have to be looked at."""
    same = replace(new, label=old.label, help=old.help, required=old.required, shown_if=old.shown_if)
    return replace(same, terms=old.terms, terms_version=old.terms_version, fewest=old.fewest) != old


def answered(field: Field, value: Any) -> bool:
    """Whether somebody said something; answers to indicators that are all blank say nothing.

    Those are a mapping in a draft, a list of rows in a version. For nothing is an offer too.
    """
    if field.kind == "money":
        return value is not None
    rows = list(value.values()) if isinstance(value, Mapping) else value
    if isinstance(rows, list) and rows and all(isinstance(row, Mapping) for row in rows):
        return any(row.get("met") or row.get("evidence") for row in rows)
    return value not in EMPTY


def misfit(old: Field, new: Field, values: Mapping[str, Any], currency: str = "CNY") -> str | None:
    """Why the answer to the old field cannot be taken for one to the new field; None where it can."""
    value = values.get(old.key)
    if not answered(old, value):
        return None
    width = len(old.columns)
    another = {
        "form_kind_answered": old.kind != new.kind,
        "form_unit_answered": old.unit != new.unit,
        "form_unhidden_answered": old.hidden and not new.hidden,
        "form_columns_answered": [each.key for each in old.columns]
        != [each.key for each in new.columns[:width]],
        "form_limit_passed": _below(new, values),
    }
    found = next((code for code, holds in another.items() if holds), None)
    if found is not None:
        return found
    try:
        answers.clean(new, value, currency)
    except Invalid as fault:
        return "form_option_chosen" if fault.code == "not_a_choice" else "form_limit_passed"
    return None


def _below(new: Field, values: Mapping[str, Any]) -> bool:
    """Whether a maturity is lower than the one it may not be lower than."""
    level, floor = values.get(new.key), values.get(new.not_below or "")
    return isinstance(level, int) and isinstance(floor, int) and new.kind == "trl" and level < floor
