"""What the forms of all rooms share: a refusal comes back to its field, in the reader's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, FieldList, Form, FormField, RadioField
from wtforms.validators import AnyOf

from challenge.rules.errors import Invalid, InvalidMany, Refused
from challenge.web import words

Table = Mapping[str, object] | Sequence[tuple[str, object]]


def in_words(table: Table) -> Callable[[], list[tuple[str, str]]]:
    """The choices of a field, as each reader reads them."""
    return lambda: [(code, str(text)) for code, text in dict(table).items()]


def one_of(label: str, table: Table, **given: Any) -> RadioField:
    """A choice among the codes of a table, each shown by its words."""
    return RadioField(
        label,
        choices=in_words(table),
        validate_choice=False,
        validators=[AnyOf(list(dict(table)), message=_("Choose one of the list."))],
        **given,
    )


def seen(form: Any) -> dt.datetime | None:
    """The state that a page was drawn from, as its field `seen` says; None where that is no instant."""
    try:
        at = dt.datetime.fromisoformat(form.seen.data or "")
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def show(form: Form, refusal: Refused) -> None:
    """Put each fault at the field it names (`indicators-2-target` for a row), else above the whole form.

    Where names on the page carry the form's own prefix, faults name fields without it.
    """
    faults = refusal.faults if isinstance(refusal, InvalidMany) else (refusal,)
    prefix = next((field.name.removesuffix(field.short_name) for field in form), "")
    fields = {field.name.removeprefix(prefix): field for field in _all(form)}
    for fault in faults:
        field = fields.get(fault.field) if isinstance(fault, Invalid) else None
        if field is None or isinstance(field, FormField):
            form.form_errors.append(words.say(fault))
        else:
            field.errors = [*field.errors, words.say(fault)]
    for field in form:
        if isinstance(field, FieldList):  # as WTForms has it: a list's errors hold those of its rows
            own = [error for error in field.errors if isinstance(error, str)]
            field.errors = [*own, *(entry.errors for entry in field if entry.errors)]


def _all(fields: Any) -> Iterator[Field]:
    for field in fields:
        yield field
        if isinstance(field, FieldList):
            yield from _all(field)
        elif isinstance(field, FormField):
            yield from _all(field.form)
