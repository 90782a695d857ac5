"""The shapes of what a judge sends: a scorecard of any rubric, and the word before reading."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import TextAreaField
from wtforms.validators import Length

from challenge.judging.declaring import MOST_REASON
from challenge.judging.discussing import MOST
from challenge.judging.scorecards import COMMENT, SCORE, TO_ORGANIZER, TO_SOLVER, Entered
from challenge.web.forms import one_of

SEEN = "seen-"
ANSWERS = (
    ("accept", _("I have no conflict of interest and will judge it")),
    ("recuse", _("I have a conflict of interest")),
    ("decline", _("I have no conflict, but cannot judge it (no time, not my field)")),
)


class DeclarationForm(FlaskForm):
    """A judge's word before reading."""

    answer = one_of(_("Your answer"), ANSWERS)
    reason = TextAreaField(
        _("Reason"),
        description=_("Needed unless you accept. The organizer reads it, nobody else."),
        validators=[Length(max=MOST_REASON)],
    )


def _to_the_organizer(question: str) -> TextAreaField:
    return TextAreaField(
        question,
        description=_("The organizer reads it, nobody else."),
        validators=[Length(max=MOST_REASON)],
    )


class RecusalForm(FlaskForm):
    """A judge steps back after having accepted."""

    reason = _to_the_organizer(_("What is the conflict?"))


class AbstentionForm(FlaskForm):
    """A judge gives no scorecard for one entry, without a conflict."""

    reason = _to_the_organizer(_("Why do you abstain?"))


class SayForm(FlaskForm):
    """A word to the other judges of an entry."""

    text = TextAreaField(
        _("To the other judges of this entry"),
        description=_("They see it under your label, the organizer too. It cannot be taken back."),
        validators=[Length(max=MOST)],
    )


class WishForm(FlaskForm):
    """A wish to change a locked card."""

    reason = _to_the_organizer(_("Why should it be opened again?"))


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
