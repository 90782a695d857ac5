"""Forms of an agreement carried out: their shape, and what was typed in them."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, MultipleFileField, RadioField, SelectField, StringField, TextAreaField

from challenge.agreements.accepting import Finding, Verdict
from challenge.agreements.delivering import Handed, Measured
from challenge.agreements.milestone_models import Delivery, Milestone, MilestoneCriterion
from challenge.agreements.paying import Due, Written
from challenge.base.ids import new_ref
from challenge.files.receiving import Kept
from challenge.rules import localtime
from challenge.rules.agreement_sums import other_currency
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.milestones import LINE_MOST, NOTE_MOST, RATINGS, REASON_MOST, TEXT_MOST
from challenge.rules.need_words import COMPARISONS, LEVELS
from challenge.web.forms import in_words
from challenge.web.milestone_words import ANSWERS, RULINGS
from challenge.web.organize.forms import read_sum, unit_choices

Typed = MultiDict[str, str]


def target_of(criterion: MilestoneCriterion | SimpleNamespace) -> str:
    """'≤ 0.5 %'; nothing for one that is met or not."""
    if criterion.comparison == "yes":
        return ""
    return " ".join(filter(None, (COMPARISONS[criterion.comparison][1], criterion.target, criterion.unit)))


def level_of(criterion: MilestoneCriterion | SimpleNamespace, zh: bool) -> str:
    """'必须' or 'must'."""
    return LEVELS[criterion.level][0 if zh else 1]


def _choice(label: str, table: Any) -> RadioField:
    return RadioField(label, choices=in_words(table), validate_choice=False)


def _named(text: Any, criterion: MilestoneCriterion) -> str:
    """A label that says of which criterion."""
    return f"{text}: {criterion.name}"


class _DeliverForm(FlaskForm):
    """A delivery. `ref` makes the same page sent twice one delivery."""

    ref = HiddenField()
    note = TextAreaField(_("What is handed over"), render_kw={"rows": 5, "maxlength": NOTE_MOST})
    quantity = StringField(_("Quantity"), render_kw={"maxlength": LINE_MOST})
    place = StringField(_("Where"), render_kw={"maxlength": LINE_MOST})
    files = MultipleFileField(_("Files"))


class _RulingForm(FlaskForm):
    """What the accepting side finds."""

    reason = TextAreaField(_("Reason"), render_kw={"rows": 4, "maxlength": REASON_MOST})


def deliver_form(milestone: Milestone, typed: Typed | None = None) -> FlaskForm:
    """The form of a delivery, with an answer, a value and evidence for each criterion."""
    fields: dict[str, Any] = {}
    for each in milestone.criteria:
        place = each.position
        fields[f"answer-{place}"] = _choice(_named(gettext("Met?"), each), ANSWERS)
        fields[f"value-{place}"] = StringField(
            _named(gettext("Measured"), each), render_kw={"maxlength": LINE_MOST}
        )
        fields[f"evidence-{place}"] = TextAreaField(
            _named(gettext("Evidence"), each), render_kw={"rows": 2, "maxlength": REASON_MOST}
        )
    form = type("DeliverForm", (_DeliverForm,), fields)(formdata=typed)
    if typed is None:
        form.ref.data = new_ref()
    return form  # type: ignore[no-any-return]


def handed(milestone: Milestone, form: Any, kept: list[Kept]) -> Handed:
    """What was typed into it, with the files that came along."""
    results = {
        each.position: Measured(*(form[f"{name}-{each.position}"].data or "" for name in _MEASURED))
        for each in milestone.criteria
    }
    texts = {name: form[name].data or "" for name in ("note", "quantity", "place")}
    return Handed(**texts, results=results, files=tuple(kept), ref=_ref(form))


_MEASURED = ("answer", "value", "evidence")


def ruling_form(milestone: Milestone, delivery: Delivery, typed: Typed | None = None) -> FlaskForm:
    """The form of a ruling; what the other side calls met is set to passed, to be changed."""
    fields: dict[str, Any] = {}
    answers = {each.criterion_id: each.answer for each in delivery.results}
    known: dict[str, str] = {}
    for each in milestone.criteria:
        place = each.position
        fields[f"ruling-{place}"] = _choice(_named(gettext("Finding"), each), RULINGS)
        fields[f"note-{place}"] = StringField(
            _named(gettext("Remark"), each), render_kw={"maxlength": REASON_MOST}
        )
        if answers.get(each.id) == "met":
            known[f"ruling-{place}"] = "passed"
    made = type("RulingForm", (_RulingForm,), fields)
    return made(formdata=typed, data=known)  # type: ignore[no-any-return]


def verdict(milestone: Milestone, form: Any) -> Verdict:
    """What was typed into it."""
    findings = {
        each.position: Finding(
            form[f"ruling-{each.position}"].data or "", form[f"note-{each.position}"].data or ""
        )
        for each in milestone.criteria
    }
    return Verdict(findings, form.reason.data or "")


class EntryForm(FlaskForm):
    """An invoice, or a sum that was paid."""

    ref = HiddenField()
    on_day = StringField(_("Day"), render_kw={"type": "date"})
    amount = StringField(_("Amount"), render_kw={"inputmode": "decimal"})
    currency = SelectField(_("Unit"), validate_choice=False)
    number = StringField(_("Number of the invoice"), render_kw={"maxlength": LINE_MOST})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency.choices = unit_choices()
        self.ref.data = self.ref.data or new_ref()

    def written(self) -> Written:
        """What was typed; raises `InvalidMany`."""
        faults: list[Invalid] = []
        minor, currency = _sum(self, faults)
        day = _day("on_day", self.on_day.data, faults)
        if faults:
            raise InvalidMany(faults)
        return Written(day, minor or 0, currency, self.number.data or "", _ref(self))


class PaidForm(EntryForm):
    """A sum that was paid."""

    number = StringField(_("Bank reference"), render_kw={"maxlength": LINE_MOST})


class RoyaltyForm(FlaskForm):
    """A payment that came up."""

    ref = HiddenField()
    label = StringField(_("What it is for"), render_kw={"maxlength": LINE_MOST})
    amount = StringField(_("Amount"), render_kw={"inputmode": "decimal"})
    currency = SelectField(_("Unit"), validate_choice=False)
    due_on = StringField(_("Due on"), render_kw={"type": "date"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency.choices = unit_choices()
        self.ref.data = self.ref.data or new_ref()

    def written(self) -> Due:
        """What was typed; raises `InvalidMany`."""
        faults: list[Invalid] = []
        minor, currency = _sum(self, faults)
        day = _day("due_on", self.due_on.data, faults)
        if faults:
            raise InvalidMany(faults)
        return Due(self.label.data or "", minor or 0, currency, day, _ref(self))


class ReportForm(FlaskForm):
    """One side's words."""

    text = TextAreaField(_("What came of it"), render_kw={"rows": 6, "maxlength": TEXT_MOST})
    rating = RadioField(_("How was it to work with the other side?"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = {1: gettext("1 (poor)"), 5: gettext("5 (very good)")}
        self.rating.choices = [
            ("", gettext("no rating")),
            *((str(n), ends.get(n, str(n))) for n in RATINGS),
        ]

    def given(self) -> int | None:
        """The rating, if one was given; one of no mark is -1."""
        chosen = self.rating.data or ""
        return (int(chosen) if chosen in "12345" else -1) if chosen else None


class PublicForm(FlaskForm):
    """The text that everyone may read."""

    public_title = StringField(_("Title"), render_kw={"maxlength": LINE_MOST})
    public_text = TextAreaField(_("Text"), render_kw={"rows": 8, "maxlength": TEXT_MOST})


def _sum(form: Any, faults: list[Invalid]) -> tuple[int | None, str]:
    """The sum and its currency; one that names another currency than the one chosen beside it is a fault."""
    text, unit = form.amount.data or "", form.currency.data or ""
    given = other_currency(text, unit.partition("-")[0])
    if given is not None:
        currency = unit.partition("-")[0]
        faults.append(Invalid("amount", "amount_other_currency", given=given, currency=currency))
        return None, currency
    return read_sum("amount", text, unit, faults)


def _day(field: str, text: str | None, faults: list[Invalid]) -> dt.date | None:
    try:
        return localtime.day(field, text or "")
    except Invalid as fault:
        faults.append(fault)
        return None


def _ref(form: Any) -> str:
    """A key of our own making; anything else makes no difference."""
    text = form.ref.data or ""
    return text if len(text) == 12 and text.isascii() and text.isalnum() else ""
