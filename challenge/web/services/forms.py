"""Forms of services: their shape, and what was typed in them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from challenge.rules.services import HIGHEST, LOWEST
from challenge.services.asking import SHORT_LENGTH, TEXT_LENGTH
from challenge.services.catalogue import MOST, ServiceFacts
from challenge.web import service_words
from challenge.web.forms import in_words

TEXTS = tuple(f"{name}_{suffix}" for name in MOST for suffix in ("zh", "en"))


class ServiceForm(FlaskForm):
    """A line of the catalogue. `ref` makes the same page sent twice one service."""

    ref = HiddenField()
    seen = HiddenField()
    kind = SelectField(_("Kind"), validate_choice=False)
    provider = StringField(_("Who provides it"), render_kw={"autocomplete": "off"})
    name_zh = StringField(_("Name in Chinese"), render_kw={"maxlength": MOST["name"]})
    name_en = StringField(_("Name in English"), render_kw={"maxlength": MOST["name"]})
    text_zh = TextAreaField(_("What is done, in Chinese"), render_kw={"rows": 5, "maxlength": MOST["text"]})
    text_en = TextAreaField(_("What is done, in English"), render_kw={"rows": 5, "maxlength": MOST["text"]})
    fee_zh = StringField(_("Fee, in Chinese"), render_kw={"maxlength": MOST["fee"]})
    fee_en = StringField(_("Fee, in English"), render_kw={"maxlength": MOST["fee"]})
    lasts_zh = StringField(_("How long it takes, in Chinese"), render_kw={"maxlength": MOST["lasts"]})
    lasts_en = StringField(_("How long it takes, in English"), render_kw={"maxlength": MOST["lasts"]})
    quiet_days = IntegerField(_("Days until a request counts as lying still"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [("", str(_("Choose a kind"))), *in_words(service_words.KINDS)()]

    def written(self) -> ServiceFacts:
        """What was typed."""
        texts = {name: str(self[name].data or "") for name in TEXTS}
        return ServiceFacts(kind=self.kind.data or "", **texts, quiet_days=self.quiet_days.data)


class AskForm(FlaskForm):
    """What is wanted, and for which organization; of a need the need says for whom."""

    asker = RadioField(_("For which organization?"), validate_choice=False, coerce=str)
    text = TextAreaField(_("What do you need?"), render_kw={"rows": 6, "maxlength": TEXT_LENGTH})


class AssignForm(FlaskForm):
    """Who does it, and by when."""

    person = SelectField(_("Who does it"), validate_choice=False)
    due_on = DateField(_("To be done by"), [Optional()])


class NoteForm(FlaskForm):
    """A step or a remark."""

    text = TextAreaField(_("A step or a remark"), render_kw={"rows": 3, "maxlength": TEXT_LENGTH})
    internal = BooleanField(_("For the centre alone"))


class ReasonForm(FlaskForm):
    """Why it is refused or called off."""

    reason = TextAreaField(_("Reason"), render_kw={"rows": 2, "maxlength": SHORT_LENGTH})


class RatingForm(FlaskForm):
    """How good it was."""

    rating = RadioField(_("How was it?"), validate_choice=False, coerce=str)
    words = TextAreaField(_("In words"), render_kw={"rows": 3, "maxlength": SHORT_LENGTH})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = {LOWEST: _("1 (poor)"), HIGHEST: _("5 (very good)")}
        marks = range(LOWEST, HIGHEST + 1)
        self.rating.choices = [(str(mark), str(ends.get(mark, mark))) for mark in marks]
