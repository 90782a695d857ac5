"""A form field for a moment of a round's wall clock: a date and a time, read back as one text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from markupsafe import Markup
from wtforms import Field
from wtforms.widgets import html_params

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class MomentInput:
    """A date with the browser's calendar and a time as text beside it, so that 24:00 can be written.

    A date that no calendar can show comes back as text, just as it was typed.
    """

    def __call__(self, field: MomentField, **kwargs: Any) -> Markup:
        """Both inputs carry the field's name; the label belongs to the date."""
        date, _space, time = field.text.replace("T", " ", 1).partition(" ")
        kind = "date" if not date or _DATE.fullmatch(date) else "text"
        kwargs.setdefault("id", field.id)
        first = html_params(name=field.name, type=kind, value=date, **kwargs)
        second = html_params(
            **{**kwargs, "id": f"{field.id}-time"},
            name=field.name,
            type="text",
            value=time or ("" if date else field.usual),
            placeholder="18:00",
            maxlength=8,
            autocomplete="off",
            inputmode="text",
            aria_label=gettext("%(label)s: time", label=field.label.text),
        )
        # html_params escapes every value.
        pair = Markup(first), Markup(second)  # noqa: S704  # nosec B704
        return Markup('<div class="moment"><input {}><input {}></div>').format(*pair)


class MomentField(Field):
    """What was typed, as `2026-12-04 18:00`; empty without a date. One value with both is read as well."""

    widget = MomentInput()

    def __init__(
        self, label: Any = None, validators: Any = None, usual: str = "18:00", **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.usual = usual
        self.text = ""

    def process_data(self, value: dt.datetime | str | None) -> None:
        """Take a text, or a local time."""
        self.data = self.text = (
            value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, dt.datetime) else value or ""
        )
        if self.text.endswith(":00") and self.text.count(":") == 2:
            self.data = self.text = self.text[:-3]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Join date and time; a time without a date is no moment."""
        if not valuelist:
            return
        parts = [part.strip() for part in valuelist]
        self.data = self.text = " ".join(part for part in parts if part) if parts[0] else ""


def local(at: dt.datetime | None, zone: str) -> dt.datetime | None:
    """An instant on the round's wall clock, for the field."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if at else None
