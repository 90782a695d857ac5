"""What a form of a round holds, read into values, and values filled into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm

from challenge.base import i18n
from challenge.rules import answers, money
from challenge.rules.answers import MET as MET_CODES
from challenge.rules.errors import Invalid
from challenge.rules.formfaults import RESERVED
from challenge.rules.formspec import Field, Spec

HIGHEST_TRL = 9
FINEST_WAN = 10_000  # sums that are no multiple of a hundred yuan are shown in yuan
# Names that the page around the fields uses; a field of the organizer's with such a key goes by another.
TAKEN = RESERVED | {"changed", "add", "remove", "seen", "main", "reader", "draft", "form_errors", "contents"}


def name_of(key: str) -> str:
    """The name under which a field is posted: its key, where nothing else is called so."""
    return f"{key}-own" if key in TAKEN or hasattr(FlaskForm, key) else key


def unit_of(key: str, spec: Spec) -> str:
    """The name of the unit beside a sum."""
    name = f"{name_of(key)}_unit"
    return f"{key}-unit" if spec.get(name) else name


def raw(form: Any, field: Field) -> Any:
    """What was typed into one field, for `answers.clean`. Raises `Invalid` where it cannot be read."""
    return _READ.get(field.kind, _plain)(form, field)


def _plain(form: Any, field: Field) -> Any:
    return text(form.input(field.key).data)


def _trl(form: Any, field: Field) -> int | None:
    level = text(form.input(field.key).data)
    if level and level not in {str(n) for n in range(1, HIGHEST_TRL + 1)}:
        raise Invalid(field.key, "not_a_choice")
    return int(level) if level else None


def _choice(form: Any, field: Field) -> str:
    chosen = text(form.input(field.key).data)
    return "" if chosen == "None" else chosen  # what WTForms makes of no radio


def _table(form: Any, field: Field) -> list[list[str]]:
    return [[text(cell.data) for cell in entry.form] for entry in form.input(field.key)]


def _sum(form: Any, field: Field) -> int | None:
    unit: money.Unit = "wan" if form.unit(field.key).data == "wan" else "yuan"
    amount = money.parse_amount(text(form.input(field.key).data), unit, money.minor_digits(form.currency))
    if isinstance(amount, int):
        return amount
    if amount == "empty":
        return None
    raise Invalid(field.key, f"amount_{amount}")


_READ: Mapping[str, Any] = {
    "money": _sum,
    "trl": _trl,
    "choice": _choice,
    "table": _table,
    "choices": lambda form, field: list(form.input(field.key).data or ()),
    "indicators": lambda form, field: form.input(field.key).answers,
    "consent": lambda form, field: bool(form.input(field.key).data),
}


def typed(form: Any, keys: Sequence[str] | None = None) -> dict[str, Any]:
    """What the form holds by key, of these fields or of all but files; the form was validated before."""
    asked = [field for field in form.spec if field.kind != "files"]
    return {field.key: raw(form, field) for field in asked if keys is None or field.key in keys}


def filled(spec: Spec, values: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """What a draft holds, as the data of its form."""
    names = {field.key: name_of(field.key) for field in spec}
    data: dict[str, Any] = {}
    for field in spec:
        value, name = values.get(field.key), names[field.key]
        if field.kind == "money":
            data[name], data[unit_of(field.key, spec)] = _shown(value, currency)
        elif field.kind == "table":
            data[name] = [{f"c{n}": cell for n, cell in enumerate(row)} for row in value or ()]
        elif field.kind == "consent":
            data[name] = value == field.terms_version
        elif field.kind == "indicators":
            data[name] = value or {}
        elif field.kind == "choices":
            data[name] = value or []
        elif field.kind != "files":
            data[name] = "" if value is None else str(value)
    return data


def _shown(minor: int | None, currency: str) -> tuple[str, str]:
    """A sum as it is typed, and its unit: 万元 only for readers and sums that it suits."""
    in_wan = currency == "CNY" and (minor is None or minor % FINEST_WAN == 0)
    unit: money.Unit = "wan" if in_wan and i18n.reader().zh else "yuan"
    text = "" if minor is None else money.amount_text(minor, unit, money.minor_digits(currency))
    return text, unit


def answer(form: Any) -> dict[str, str]:
    """The answer to one indicator, as it was typed."""
    met = form.met.data if form.met.data in MET_CODES else ""
    return {"met": met, "evidence": text(form.evidence.data)}


def text(value: object) -> str:
    """What was typed, with the line breaks that are kept."""
    return answers.plain(value or "")
