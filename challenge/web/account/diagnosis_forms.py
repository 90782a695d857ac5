"""The form of an expert's opinion: questions, advice, and the requirement's wording to change in place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, FormField, HiddenField, RadioField, StringField, TextAreaField

from challenge.requirements.content import MOST_INDICATORS
from challenge.requirements.diagnosis_models import Diagnosis
from challenge.requirements.opining import ADVICE_LENGTH, Opinion
from challenge.requirements.rewording import Wording
from challenge.rules.diagnosis import SCALES, TEXTS
from challenge.web import forms
from challenge.web.diagnosis_words import ANSWERS, QUESTIONS, VERDICTS
from challenge.web.seek.forms import IndicatorForm


def _choice(label: Any, table: Mapping[str, object]) -> RadioField:
    return RadioField(label, choices=forms.in_words(table), validate_choice=False)


class OpinionForm(FlaskForm):
    """What an expert writes. The fields of the requirement hold its own wording, until they are changed."""

    seen = HiddenField()
    feasible = _choice(QUESTIONS["feasible"], ANSWERS["feasible"])
    clear = _choice(QUESTIONS["clear"], ANSWERS["clear"])
    novel = _choice(QUESTIONS["novel"], ANSWERS["novel"])
    budget = _choice(QUESTIONS["budget"], ANSWERS["budget"])
    advice = TextAreaField(
        _l("Your advice"),
        description=_l("What has to change, and why. The seeker may get to read it."),
        render_kw={"rows": 7, "maxlength": ADVICE_LENGTH},
    )
    verdict = _choice(_l("What should become of it?"), VERDICTS)
    title_zh = StringField(_l("Title in Chinese"))
    title_en = StringField(_l("Title in English"))
    summary_zh = StringField(_l("One sentence in Chinese"))
    summary_en = StringField(_l("One sentence in English"))
    problem_zh = TextAreaField(_l("The problem, in Chinese"), render_kw={"rows": 6})
    problem_en = TextAreaField(_l("The problem, in English"), render_kw={"rows": 6})
    goals = TextAreaField(_l("Goals"), render_kw={"rows": 3})
    indicators = FieldList(FormField(IndicatorForm), _l("Indicators"), max_entries=MOST_INDICATORS + 5)

    def opinion(self) -> Opinion:
        """What was typed."""
        said = {name: str(self[name].data or "") for name in (*SCALES, "verdict", "advice")}
        rows = [entry.form.data for entry in self.indicators]
        cells = [{name: str(value or "") for name, value in row.items()} for row in rows]
        texts = {name: str(self[name].data or "") for name in TEXTS}
        return Opinion(**said, wording={**texts, "indicators": cells})

    def turn_rows(self, add: str | None, remove: str | None) -> None:
        """The buttons of the rows, without JavaScript: one row more, or without that one."""
        if add is not None and len(self.indicators.entries) < MOST_INDICATORS:
            self.indicators.append_entry()
        elif remove is not None:
            self.indicators.entries = [each for each in self.indicators.entries if each.name != remove]


def form_of(diagnosis: Diagnosis, own: Wording) -> OpinionForm:
    """The form as it was saved last: the requirement's own wording, with what is proposed over it."""
    said = {name: getattr(diagnosis, name) or "" for name in (*SCALES, "verdict", "advice")}
    worded = {**own, **diagnosis.wording}
    return OpinionForm(None, data={**said, **worded, "seen": stamp(diagnosis.updated_at)})


def stamp(at: dt.datetime) -> str:
    """When it was saved last."""
    return at.isoformat()


def saved(time: str) -> str:
    """What the script shows beside the form."""
    return _("Saved %(time)s", time=time)
