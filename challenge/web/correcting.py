"""The form by which an answer is corrected, in the rooms of those who answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from challenge.base.db import writing
from challenge.base.session import actor
from challenge.requirements import correcting
from challenge.requirements.models import Question
from challenge.requirements.questions import ANSWER_LENGTH
from challenge.rules.errors import Invalid, WrongState
from challenge.web import forms


class CorrectionForm(FlaskForm):
    """What an answer is to say from now on."""

    correction = TextAreaField(_("What it should say"), render_kw={"maxlength": ANSWER_LENGTH})


def form_for(question: Question) -> CorrectionForm:
    """The form, with the answer as it stands."""
    form = CorrectionForm()
    if form.correction.data is None or not form.is_submitted():
        form.correction.data = question.answer or ""
    return form


def corrected(form: CorrectionForm, ref: str) -> bool:
    """Whether a correction was sent and taken; a refusal stands in the form."""
    if not form.validate_on_submit():
        return False
    try:
        with writing() as session:
            correcting.correct(session, actor(), ref, form.correction.data or "")
    except (Invalid, WrongState) as refusal:
        forms.show(form, refusal)
        return False
    return True
