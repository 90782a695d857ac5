"""Forms of agreements: their shape, and what was typed in them as terms."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from challenge.base import i18n
from challenge.rules.agreement_checks import (
    COMPARISONS,
    MOST_DELIVERABLES,
    MOST_LINE,
    MOST_PARTY,
    MOST_ROWS,
    MOST_TEXT,
)
from challenge.web.agreement_words import KINDS, LANGS, OWNERSHIPS, PARTS, PAYMENTS
from challenge.web.forms import in_words
from challenge.web.public.cards import SIGNS

_UNITS = (("CNY", "wan"), ("CNY", "yuan"), ("USD", "yuan"), ("EUR", "yuan"))
LISTS = ("indicators", "milestones", "payments")


class PartyForm(Form):
    """One side, as the paper names it."""

    side = HiddenField()
    name = StringField(PARTS["name"], render_kw={"maxlength": MOST_PARTY["name"]})
    code = StringField(PARTS["code"], render_kw={"maxlength": MOST_PARTY["code"]})
    address = StringField(PARTS["address"], render_kw={"maxlength": MOST_PARTY["address"]})
    representative = StringField(
        PARTS["representative"], render_kw={"maxlength": MOST_PARTY["representative"]}
    )
    contact = StringField(PARTS["contact"], render_kw={"maxlength": MOST_PARTY["contact"]})


class CriterionForm(Form):
    """One indicator."""

    name = StringField(_("Indicator"), render_kw={"maxlength": MOST_LINE})
    comparison = SelectField(PARTS["comparison"], default="ge", validate_choice=False)
    target = StringField(PARTS["target"], render_kw={"inputmode": "decimal"})
    unit = StringField(PARTS["unit"])
    level = SelectField(PARTS["level"], default="must", validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.comparison.choices = [(code, SIGNS.get(code) or str(_("yes or no"))) for code in COMPARISONS]
        self.level.choices = [("must", str(_("must"))), ("should", str(_("should")))]


class StepForm(Form):
    """One milestone; `criteria` are the numbers of indicators."""

    title = StringField(PARTS["milestones"], render_kw={"maxlength": MOST_LINE})
    deliverables = StringField(PARTS["deliverables"], render_kw={"maxlength": MOST_DELIVERABLES})
    due_on = StringField(PARTS["due_on"], render_kw={"type": "date"})
    criteria = StringField(_("By indicators no."), render_kw={"placeholder": "1, 2"})


class PaymentForm(Form):
    """One payment; `step` is the number of a milestone."""

    label = StringField(PARTS["label"], render_kw={"maxlength": MOST_LINE})
    amount = StringField(PARTS["amount_minor"], render_kw={"inputmode": "decimal", "autocomplete": "off"})
    due_on = StringField(_("On the day"), render_kw={"type": "date"})
    step = StringField(_("or on milestone no."), render_kw={"inputmode": "numeric"})


class TermsForm(FlaskForm):
    """All terms. `seen` is the version of the draft that the page was drawn from."""

    seen = HiddenField()
    title = StringField(PARTS["title"], render_kw={"maxlength": MOST_TEXT["title"]})
    parties = FieldList(FormField(PartyForm), PARTS["parties"])
    scope = TextAreaField(PARTS["scope"], render_kw={"rows": 8, "maxlength": MOST_TEXT["scope"]})
    indicators = FieldList(FormField(CriterionForm), PARTS["indicators"], max_entries=MOST_ROWS + 5)
    milestones = FieldList(FormField(StepForm), PARTS["milestones"], max_entries=MOST_ROWS + 5)
    payment = RadioField(PARTS["payment"], choices=in_words(PAYMENTS), validate_choice=False)
    unit = SelectField(_("Currency and unit of all sums"), validate_choice=False)
    total = StringField(PARTS["total_minor"], render_kw={"inputmode": "decimal", "autocomplete": "off"})
    payments = FieldList(FormField(PaymentForm), PARTS["payments"], max_entries=MOST_ROWS + 5)
    royalty = TextAreaField(PARTS["royalty"], render_kw={"rows": 2, "maxlength": MOST_TEXT["royalty"]})
    ownership = RadioField(PARTS["ownership"], choices=in_words(OWNERSHIPS), validate_choice=False)
    ownership_text = TextAreaField(
        PARTS["ownership_text"], render_kw={"rows": 3, "maxlength": MOST_TEXT["ownership_text"]}
    )
    confidential_months = StringField(PARTS["confidential_months"], render_kw={"inputmode": "numeric"})
    confidentiality = TextAreaField(
        PARTS["confidentiality"], render_kw={"rows": 3, "maxlength": MOST_TEXT["confidentiality"]}
    )
    starts_on = StringField(PARTS["starts_on"], render_kw={"type": "date"})
    ends_on = StringField(PARTS["ends_on"], render_kw={"type": "date"})
    clauses = TextAreaField(PARTS["clauses"], render_kw={"rows": 24, "maxlength": MOST_TEXT["clauses"]})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit.choices = [(f"{code}-{unit}", _unit_name(code, unit)) for code, unit in _UNITS]

    def turn_rows(self, add: str | None, remove: str | None) -> None:
        """The buttons of the rows, without JavaScript: one row more, or without that one."""
        lists: dict[str, Any] = {name: self[name] for name in LISTS}
        if add in lists and len(lists[add].entries) < MOST_ROWS:
            lists[add].append_entry()
        for rows in lists.values():
            rows.entries = [each for each in rows.entries if each.name != remove]


class BeginForm(FlaskForm):
    """Of which kind, in which language, with whom. `ref` makes the same page sent twice one draft."""

    ref = HiddenField()
    kind = RadioField(PARTS["kind"], choices=in_words(KINDS), validate_choice=False)
    lang = RadioField(_("Language of the agreement"), choices=in_words(LANGS), validate_choice=False)
    solver = RadioField(_("With whom"), validate_choice=False)
    agency = BooleanField(_("The host of the programme signs too, as the agency"))


class JoinForm(FlaskForm):
    """The organization that stands on a side, which the address names."""

    seen = HiddenField()
    organization = StringField(_("Organization"), render_kw={"autocomplete": "off"})
    side = ""


class ProposeForm(FlaskForm):
    """What the other parties should know about this version."""

    seen = HiddenField()
    note = TextAreaField(_("A word to the other parties"), render_kw={"rows": 2, "maxlength": 500})


class ReasonForm(FlaskForm):
    """Why it is ended."""

    reason = TextAreaField(_("Reason"), render_kw={"rows": 2, "maxlength": 500})


class TemplateForm(FlaskForm):
    """A programme's own text of a kind."""

    seen = HiddenField()
    text = TextAreaField(_("Text"), render_kw={"rows": 30, "maxlength": MOST_TEXT["clauses"]})


def seen_of(form: Any) -> int:
    """The version that the page was drawn from; 0, which none has, where that is no number."""
    text = str(form.seen.data or "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _unit_name(currency: str, unit: str) -> str:
    if currency == "CNY" and i18n.reader().zh:
        return "万元" if unit == "wan" else "元"
    return f"{currency} 10,000" if unit == "wan" else currency
