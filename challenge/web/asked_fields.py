"""The fields of a round's form: one WTForms field for each kind, with its limits for browser and server."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from markupsafe import Markup, escape
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Field as Input
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, DateInput, ListWidget, NumberInput, URLInput

from challenge.rules import answers
from challenge.rules.errors import Invalid
from challenge.rules.formspec import EVIDENCE, Field, Words
from challenge.web import words
from challenge.web.asked_values import answer, raw, text
from challenge.web.asked_words import MET, TRL

FEW = 6  # up to so many choices stand open; more fold into a list


class Shape:
    """The validator of every field: the rule of its kind in the reader's words; its limits for browsers."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.field_flags: dict[str, Any] = {}  # a draft may lack anything: nothing is required of the browser
        if field.kind in ("text", "long", "link"):
            self.field_flags["maxlength"] = field.longest
        if field.kind in ("number", "date"):
            limits = {"min": field.minimum, "max": field.maximum}
            self.field_flags |= {name: limit for name, limit in limits.items() if limit is not None}

    def __call__(self, form: Any, _input: Input) -> None:
        """Raise ValidationError where the value cannot be kept."""
        try:
            answers.clean(self.field, raw(form, self.field), form.currency)
        except Invalid as fault:
            if fault.params.get("most") != answers.CELL and not _said_in_its_row(self.field, fault):
                raise ValidationError(words.say(fault)) from None


def _said_in_its_row(field: Field, fault: Invalid) -> bool:
    return field.kind in ("table", "indicators") and fault.code == "too_long"


class Longest:
    """The longest text of a cell or an answer, said to the browser and in words."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.field_flags = {"maxlength": most}

    def __call__(self, _form: Form, cell: Input) -> None:
        """Raise ValidationError above the limit."""
        length = len(text(cell.data))
        if length > self.most:
            raise ValidationError(words.say(Invalid("", "too_long", most=self.most, length=length)))


class AnswerForm(Form):
    """The answer to one indicator."""

    met = RadioField(_("How it is met"), choices=[], validate_choice=False)
    evidence = TextAreaField(_("Evidence"), [Longest(EVIDENCE)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.met.choices = [(code, str(word)) for code, word in MET.items()]


if TYPE_CHECKING:
    _Answers = FieldList[FormField[AnswerForm]]
else:
    _Answers = FieldList


class AnswerList(_Answers):
    """One answer for each indicator of the requirement (`meta.asked`), posted under that one's number."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """An entry for each indicator, whatever was posted."""
        add: Any = self._add_entry  # type: ignore[attr-defined]  # the stubs leave it out
        given = data if isinstance(data, Mapping) else {}
        self.entries, self.last_index, self.object_data = [], -1, given
        for asked in self.meta.asked:
            add(formdata, dict(given.get(str(asked.id)) or {}), index=asked.id)

    @property
    def answers(self) -> dict[str, dict[str, str]]:
        """What was answered, by indicator."""
        return {str(entry.index): answer(entry.form) for entry in self.entries}


class _AllBut(Collection[str]):
    """What a checkbox may be posted with and is not ticked: everything but the version of the terms shown."""

    def __init__(self, version: int) -> None:
        self.version = str(version)

    def __contains__(self, posted: object) -> bool:
        return posted != self.version

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def say(given: Words, zh: bool) -> str:
    """Words of the organizer's in the reader's language, else in the other and marked so."""
    own = given.zh if zh else given.en
    if own or not given:
        return own or ""
    return Markup('<span lang="{}">{}</span>').format("en" if zh else "zh-CN", given.say(zh))


def _about(field: Field, zh: bool) -> dict[str, Any]:
    return {
        "label": say(field.label, zh) or escape(field.key),
        "description": say(field.help, zh),
        "validators": [Shape(field)],
    }


def _line(field: Field, zh: bool, widget: Any = None, **attributes: Any) -> Any:
    more = {"widget": widget} if widget else {}
    return StringField(**_about(field, zh), render_kw=attributes or None, **more)


def _long(field: Field, zh: bool) -> Any:
    return TextAreaField(**_about(field, zh), render_kw={"rows": 14 if field.longest > 3000 else 4})


def _choice(field: Field, zh: bool) -> Any:
    kind = RadioField if _open(field) else SelectField
    return kind(**_about(field, zh), validate_choice=False)


def _choices(field: Field, zh: bool) -> Any:
    return SelectMultipleField(
        **_about(field, zh),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def _trl(field: Field, zh: bool) -> Any:
    return SelectField(**_about(field, zh), validate_choice=False)


def _open(field: Field) -> bool:
    """Whether a choice stands open; one that may stay empty folds, because no radio can be taken back."""
    return field.required and len(field.options) <= FEW


def choices_of(field: Field, zh: bool) -> list[tuple[str, Any]] | None:
    """What can be chosen in a field, for its form to set; None where nothing is chosen."""
    none: list[tuple[str, Any]] = [("", _("Choose"))]
    if field.kind == "trl":
        return [*none, *((str(n), word) for n, word in enumerate(TRL, 1))]
    if field.kind not in ("choice", "choices"):
        return None
    if field.kind == "choices" or _open(field):
        return [(option.key, say(option.label, zh)) for option in field.options]
    return [*none, *((option.key, option.label.say(zh)) for option in field.options)]


def _table(field: Field, zh: bool) -> Any:
    cells = {
        f"c{n}": StringField(say(column.label, zh), [Longest(answers.CELL)])
        for n, column in enumerate(field.columns)
    }
    return FieldList(FormField(type("RowForm", (Form,), cells)), **_about(field, zh))


def _consent(field: Field, zh: bool) -> Any:
    about = _about(field, zh)
    return BooleanField(
        **about,
        false_values=_AllBut(field.terms_version),
        render_kw={"value": str(field.terms_version)},
    )


INPUTS: Mapping[str, Callable[[Field, bool], Any]] = {
    "text": _line,
    "long": _long,
    "number": partial(_line, widget=NumberInput(step="any"), inputmode="decimal"),
    "money": _line,
    "date": partial(_line, widget=DateInput()),
    "choice": _choice,
    "choices": _choices,
    "trl": _trl,
    "link": partial(_line, widget=URLInput(), placeholder="https://"),
    "files": lambda field, zh: MultipleFileField(say(field.label, zh), description=say(field.help, zh)),
    "table": _table,
    "indicators": lambda field, zh: AnswerList(FormField(AnswerForm), **_about(field, zh)),
    "consent": _consent,
}
