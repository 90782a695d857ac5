"""The WTForms class of a round's own form: one field for each of its fields, made once a form and language.

`form_class` makes it; asked_values fills it with what a draft holds and reads it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field as Input
from wtforms import SelectField

from challenge.base import amounts, i18n
from challenge.rules.answers import sums
from challenge.rules.errors import Invalid, Refused
from challenge.rules.formspec import Field, Spec
from challenge.web import forms
from challenge.web.asked_fields import INPUTS, choices_of
from challenge.web.asked_values import name_of, unit_of

_KNOWN: dict[tuple[str, bool, type[Any]], type[Any]] = {}
_MOST = 200


class AskedForm(FlaskForm):
    """A form of a round. `spec` is what it was made from; `names` are the fields' names here, by key."""

    spec: ClassVar[Spec]
    names: ClassVar[Mapping[str, str]]
    marks: Mapping[str, int] = {}  # as of which draft_version each part of a draft was written
    conflicts: Mapping[str, Any] = {}  # what stands in the draft instead of what is in the form, by part

    def __init__(self, *args: Any, asked: Sequence[Any] = (), currency: str = "CNY", **kwargs: Any) -> None:
        self.currency = currency
        meta = {**kwargs.pop("meta", {}), "asked": asked}
        super().__init__(*args, meta=meta, **kwargs)
        for field in self.spec:
            choices = choices_of(field, i18n.reader().zh)
            if choices is not None:
                _set_choices(self.input(field.key), choices)
            if field.kind == "money":
                _set_choices(self.unit(field.key), _units(currency))

    def input(self, key: str) -> Input:
        """The field of that key."""
        return self[self.names[key]]

    def key(self, name: str) -> str:
        """The key of the field that is posted under this name."""
        return next((key for key, known in self.names.items() if known == name), name)

    def unit(self, key: str) -> Input:
        """The unit beside a sum."""
        return self[unit_of(key, self.spec)]

    def ends(self, field: Field) -> tuple[Any, Any]:
        """The smallest and the largest answer of a number, a date or a sum, as the reader is told."""
        if field.kind != "money":
            return field.minimum, field.maximum
        low, high = (each and amounts.money(each.minor, each.currency) for each in sums(field, self.currency))
        return low, high

    def show(self, refusal: Refused) -> None:
        """Put what a service refused at its fields."""
        for fault in getattr(refusal, "faults", (refusal,)):
            if isinstance(fault, Invalid):
                fault.field = self.names.get(fault.field, fault.field)
                if fault.field == "files" and "files" not in self and self.spec.of_kind("files"):
                    fault.field = self.names[self.spec.of_kind("files")[0].key]
        forms.show(self, refusal)


def form_class(spec: Spec, digest: str, base: type[Any] | None = None) -> Any:
    """The class of a form in the reader's language; of one digest there is one class in a process.

    `base` is the `AskedForm` with the fields around those of the round.
    """
    base, zh = base or AskedForm, i18n.reader().zh
    known = _KNOWN.get((digest, zh, base))
    if known is None:
        if len(_KNOWN) >= _MOST:
            _KNOWN.clear()
        known = _KNOWN[digest, zh, base] = _made(spec, zh, base)
    return known


def preview_form(spec: Spec, *, asked: Sequence[Any] = (), currency: str = "CNY") -> AskedForm:
    """An empty form of a spec that may not be stored yet, to look at. `asked`: indicators, if any."""
    form: AskedForm = _made(spec, i18n.reader().zh, AskedForm)(formdata=None, asked=asked, currency=currency)
    return form


def _made(spec: Spec, zh: bool, base: type[Any]) -> Any:
    names = {field.key: name_of(field.key) for field in spec}
    inputs: dict[str, Any] = {}
    for field in spec:
        inputs[names[field.key]] = INPUTS[field.kind](field, zh)
        if field.kind == "money":
            inputs[unit_of(field.key, spec)] = SelectField(_("Unit"), validate_choice=False)
    return type("RoundForm", (base,), {"spec": spec, "names": names, **inputs})


def _set_choices(chosen: Any, choices: list[tuple[str, Any]]) -> None:
    chosen.choices = choices


def _units(currency: str) -> list[tuple[str, str]]:
    if currency != "CNY":
        return [("yuan", currency)]
    zh = i18n.reader().zh
    return [("yuan", "元" if zh else "CNY"), ("wan", "万元" if zh else "CNY 10,000 (万元)")]
