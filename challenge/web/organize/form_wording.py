"""A form in words for its organizer: kinds, what a field asks, where a fault lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n
from challenge.rules import formfaults
from challenge.rules.errors import Invalid
from challenge.rules.formspec import Field, Spec
from challenge.web import words

KINDS: Mapping[str, LazyString] = {
    "text": _("Short text"),
    "long": _("Long text with Markdown"),
    "number": _("Number"),
    "money": _("Sum of money"),
    "date": _("Date"),
    "choice": _("One choice"),
    "choices": _("Several choices"),
    "trl": _("Maturity (TRL 1–9)"),
    "link": _("Link or video"),
    "files": _("Files"),
    "table": _("Table"),
    "indicators": _("Answers to the indicators"),
    "consent": _("Consent to terms"),
}
PARTS: Mapping[str, LazyString] = {
    "key": _("key"),
    "kind": _("kind"),
    "label": _("label"),
    "title": _("heading"),
    "help": _("help"),
    "required": _("required"),
    "hidden": _("hidden from judges"),
    "shown_if": _("asked only if"),
    "fewest": _("fewest"),
    "most": _("most"),
    "minimum": _("smallest"),
    "maximum": _("largest"),
    "not_below": _("not below"),
    "unit": _("unit"),
    "options": _("choices"),
    "columns": _("columns"),
    "terms": _("terms"),
    "fields": _("fields"),
    "zh": _("in Chinese"),
    "en": _("in English"),
}
# Faults of a reference, which name the field that they refer to.
_OF_FIELDS = ("form_not_a_level", "form_switch_not_earlier", "form_not_a_switch")
_MOST: Mapping[str, LazyString] = {
    "choices": _("at most %(most)s choices"),
    "files": _("at most %(most)s files"),
    "table": _("at most %(most)s rows"),
}
_FEWEST: Mapping[str, LazyString] = {
    "choices": _("at least %(least)s choices"),
    "files": _("at least %(least)s files"),
    "table": _("at least %(least)s rows"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A fault in words: where it lies, the sentence, and the key of the field or section to mend."""

    where: str
    text: str
    field: str | None = None
    section: str | None = None


def described(spec: Spec, field: Field) -> list[str]:
    """What a field asks, a few words each: "Short text", "up to 120 characters", "required"."""
    zh = i18n.reader().zh
    said = [str(KINDS[field.kind]), *_limits(field)]
    if field.options:
        said.append(ngettext("%(num)s choice", "%(num)s choices", len(field.options)))
    if field.columns:
        said.append(ngettext("%(num)s column", "%(num)s columns", len(field.columns)))
    if field.kind == "consent" and field.terms_version > 1:
        said.append(gettext("Version %(number)s", number=field.terms_version))
    if field.shown_if is not None:
        switch = spec.get(field.shown_if.field)
        named = switch.label.say(zh) if switch else field.shown_if.field
        among = i18n.listed(answer_words(switch, key) for key in field.shown_if.among)
        said.append(gettext("only if “%(field)s”: %(answers)s", field=named, answers=among))
    return said


def _limits(field: Field) -> Iterable[str]:
    if field.kind in ("text", "long", "link"):
        yield gettext("up to %(most)s characters", most=field.longest)
    if field.fewest and field.kind in _FEWEST:
        yield str(_FEWEST[field.kind]) % {"least": field.fewest}
    if field.most and field.kind in _MOST:
        yield str(_MOST[field.kind]) % {"most": field.most}
    if field.minimum is not None:
        yield gettext("from %(minimum)s", minimum=field.minimum)
    if field.maximum is not None:
        yield gettext("to %(maximum)s", maximum=field.maximum)
    if field.unit:
        yield field.unit.say(i18n.reader().zh)


def answer_words(switch: Field | None, key: str) -> str:
    """An answer of a field that others depend on."""
    if switch is not None and switch.kind == "consent":
        return gettext("accepted") if key == "yes" else gettext("not accepted")
    options = switch.options if switch is not None else ()
    return next((each.label.say(i18n.reader().zh) for each in options if each.key == key), key)


def told(spec: Spec, faults: Iterable[Invalid]) -> list[Told]:
    """Faults of a form on the bench, each with its place."""
    found = []
    for fault in faults:
        section, field, parts = formfaults.named(spec, fault.field)
        zh = i18n.reader().zh
        titles = [section.title] if section else []
        names = [each.say(zh) or "–" for each in (*titles, *([field.label] if field else []))]
        where = _joined([*(f"“{name}”" for name in names), *_parts(parts)]) if names else gettext("The form")
        found.append(
            Told(where, _said(spec, fault), field.key if field else None, section.key if section else None)
        )
    return found


def _said(spec: Spec, fault: Invalid) -> str:
    """The sentence; a field that it speaks of goes by its label."""
    named = spec.get(str(fault.params.get("key"))) if fault.code in _OF_FIELDS else None
    label = named.label.say(i18n.reader().zh) if named else ""
    return words.say_code(fault.code, **{**fault.params, **({"key": label} if label else {})})


def told_of_file(faults: Iterable[Invalid]) -> list[Told]:
    """Faults of a file, each with its place by numbers: what it holds may not even be a form."""
    found = []
    for fault in faults:
        parts = fault.field.split(".")
        named: list[str] = []
        while len(parts) > 1 and parts[0] in ("sections", "fields") and parts[1].isdecimal():
            number = int(parts[1]) + 1
            named.append(
                gettext("section %(number)s", number=number)
                if parts[0] == "sections"
                else gettext("field %(number)s", number=number)
            )
            parts = parts[2:]
        rest = [] if parts == ["file"] else _parts(parts)
        found.append(Told(_joined([*named, *rest]) or gettext("The file"), words.say(fault)))
    return found


def _joined(names: list[str]) -> str:
    return " › ".join(names)


def _parts(parts: list[str]) -> list[str]:
    """The parts below a field: `options.2.label.en` is choice 3, label, in English."""
    said: list[str] = []
    for place, part in enumerate(parts):
        if part.isdecimal():
            said[-1:] = [gettext("%(part)s %(number)s", part=said[-1] if said else "", number=int(part) + 1)]
        elif part != "sections" or place:
            said.append(str(PARTS.get(part, part)))
    return said


@dataclass(frozen=True, slots=True)
class Figures:
    """How much a form asks."""

    fields: int
    required: int
    hidden: int


def summary(spec: Spec) -> Figures:
    """The figures of a form."""
    fields = list(spec)
    return Figures(len(fields), sum(each.required for each in fields), sum(each.hidden for each in fields))
