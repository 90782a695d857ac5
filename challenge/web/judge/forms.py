"""The shapes of what a judge sends: a scorecard of any rubric, and the word before reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, TextAreaField
from wtforms.validators import AnyOf, Length

from challenge.judging.declaring import MOST_REASON
from challenge.judging.discussing import MOST
from challenge.judging.scorecards import COMMENT, SCORE, TO_ORGANIZER, TO_SOLVER, Entered

SEEN = "seen-"
ANSWERS = (
    ("accept", _("I have no conflict of interest and will judge it")),
    ("recuse", _("I have a conflict of interest")),
    ("decline", _("I have no conflict, but cannot judge it (no time, not my field)")),
)


class DeclarationForm(FlaskForm):
    """A judge's word before reading."""

    answer = RadioField(
        _("Your answer"),
        validate_choice=False,
        validators=[AnyOf([code for code, _text in ANSWERS], message=_("Choose one of the list."))],
    )
    reason = TextAreaField(
        _("Reason"),
        description=_("Needed unless you accept. The organizer reads it, nobody else."),
        validators=[Length(max=MOST_REASON)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer.choices = [(code, str(text)) for code, text in ANSWERS]


class RecusalForm(FlaskForm):
    """A judge steps back after having accepted."""

    reason = TextAreaField(
        _("What is the conflict?"),
        description=_("The organizer reads it, nobody else."),
        validators=[Length(max=MOST_REASON)],
    )


class AbstentionForm(FlaskForm):
    """A judge gives no scorecard for one entry, without a conflict."""

    reason = TextAreaField(
        _("Why do you abstain?"),
        description=_("The organizer reads it, nobody else."),
        validators=[Length(max=MOST_REASON)],
    )


class SayForm(FlaskForm):
    """A word to the other judges of an entry."""

    text = TextAreaField(
        _("To the other judges of this entry"),
        description=_("They see it under your label, the organizer too. It cannot be taken back."),
        validators=[Length(max=MOST)],
    )


class WishForm(FlaskForm):
    """A wish to change a locked card."""

    reason = TextAreaField(
        _("Why should it be opened again?"),
        description=_("The organizer reads it, and nobody else."),
        validators=[Length(max=MOST_REASON)],
    )


def entered(form: Mapping[str, str]) -> Entered:
    """What a scorecard's form holds; fields that are not in it stay as they are."""
    return Entered(
        _numbered(form, SCORE),
        _numbered(form, COMMENT),
        form.get(TO_ORGANIZER),
        form.get(TO_SOLVER),
        {name.removeprefix(SEEN): text for name, text in form.items() if name.startswith(SEEN)},
    )


def _numbered(form: Mapping[str, str], prefix: str) -> dict[int, str]:
    """Fields like `score-17`, by their number."""
    fields = ((name.removeprefix(prefix), text) for name, text in form.items() if name.startswith(prefix))
    return {int(number): text for number, text in fields if number.isdecimal() and len(number) < 19}


def typed(form: MultiDict[str, str]) -> dict[str, str]:
    """The same as strings by field name: shown again where it was refused."""
    return {
        name: text
        for name, text in form.items()
        if name.startswith((SCORE, COMMENT)) or name in (TO_ORGANIZER, TO_SOLVER)
    }
