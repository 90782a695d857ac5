"""Forms of the solver's rooms: their shape, and what was typed in them as a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from challenge.accounts.models import Organization
from challenge.base import i18n
from challenge.base.db import db
from challenge.rules import money
from challenge.rules.answers import MET as MET_CODES
from challenge.rules.errors import Invalid, InvalidMany
from challenge.submissions import content
from challenge.submissions.drafting import Draft
from challenge.submissions.material import Material
from challenge.submissions.models import Submission
from challenge.submissions.team import LONGEST_NAME
from challenge.web.solve.words import MET, TRL

TEXTS = ("title", "summary", "proposal", "schedule")
LONGEST = {
    "title": 120,
    "summary": 600,
    "proposal": 20_000,
    "schedule": 2_000,
    "evidence": 600,
    "team_name": 100,
}
FINEST_WAN = 10_000  # sums that are no multiple of a hundred yuan are shown in yuan


def most(name: str) -> Length:
    """The longest text a field takes, said in its words and to the browser."""
    return Length(max=LONGEST[name], message=_("Shorten this to %(max)d characters."))


class AnswerForm(Form):
    """The answer to one indicator."""

    indicator = HiddenField()
    met = RadioField(_("How it is met"), choices=[], validate_choice=False)
    evidence = TextAreaField(_("Evidence"), [most("evidence")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.met.choices = [(code, str(word)) for code, word in MET.items()]


class DraftForm(FlaskForm):
    """The whole draft. It may be saved with anything missing; what is there must have the right shape."""

    stale = False  # whether somebody else saved since the page was made
    draft_version = HiddenField()
    title = StringField(_("Title"), [most("title")])
    summary = TextAreaField(_("Public summary"), [most("summary")])
    proposal = TextAreaField(_("Proposal"), [most("proposal")])
    answers = FieldList(FormField(AnswerForm), _("Indicators"), max_entries=200)
    trl_now = SelectField(_("Maturity now"))
    trl_delivery = SelectField(_("Maturity at delivery"))
    quote = StringField(_("Quote"))
    quote_unit = SelectField(_("Unit"))
    schedule = TextAreaField(_("Schedule"), [most("schedule")])
    team_name = StringField(_("Name of the team"), [most("team_name")])
    organization_id = SelectField(_("On behalf of"))
    original = BooleanField(_("This is our own work, and we may offer it."))
    files = MultipleFileField(_("Add files"))

    def __init__(
        self, *args: Any, currency: str = "CNY", organizations: Mapping[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        levels = [("", str(_("Choose")))] + [(str(n), str(word)) for n, word in enumerate(TRL, 1)]
        self.trl_now.choices = self.trl_delivery.choices = levels
        self.quote_unit.choices = _units(currency)
        named = [(str(key), name) for key, name in organizations.items()]
        self.organization_id.choices = [("", str(_("Ourselves, as persons"))), *named]
        self._digits = money.minor_digits(currency)

    def draft(self) -> Draft:
        """What was typed, read. Raises `InvalidMany`."""
        unit: money.Unit = "wan" if self.quote_unit.data == "wan" else "yuan"
        quote = money.parse_amount(str(self.quote.data or ""), unit, self._digits)
        if not isinstance(quote, int) and quote != "empty":
            raise InvalidMany([Invalid("quote", f"amount_{quote}")])
        values: dict[str, Any] = {name: _text(self[name].data) for name in TEXTS}
        values |= {
            "trl_now": _number(self.trl_now.data),
            "trl_delivery": _number(self.trl_delivery.data),
            "quote": quote if isinstance(quote, int) else None,
            "original": bool(self.original.data),
            "indicators": {str(key): each for key, each in filter(None, map(_answer, self.answers))},
        }
        return Draft(values, _text(self.team_name.data), _number(self.organization_id.data))


def form_of(submission: Submission, parts: Material, organizations: Mapping[int, str]) -> DraftForm:
    """The form as the draft is stored."""
    values = submission.values
    minor, digits = values.get("quote"), money.minor_digits(submission.currency)
    in_wan = submission.currency == "CNY" and (minor is None or minor % FINEST_WAN == 0)
    unit: money.Unit = "wan" if in_wan and i18n.reader().zh else "yuan"
    return DraftForm(
        formdata=None,
        currency=submission.currency,
        organizations=organizations,
        data={
            **{name: values.get(name) or "" for name in TEXTS},
            "team_name": submission.team_name,
            "draft_version": str(submission.draft_version),
            "trl_now": str(values.get("trl_now") or ""),
            "trl_delivery": str(values.get("trl_delivery") or ""),
            "quote": "" if minor is None else money.amount_text(minor, unit, digits),
            "quote_unit": unit,
            "organization_id": str(submission.organization_id or ""),
            "original": bool(values.get("original")),
            "answers": [
                {"indicator": str(asked.id), **content.answer_to(submission, asked.id)}
                for asked in parts.indicators
            ],
        },
    )


def organizations_of(represents: frozenset[int], submission: Submission) -> dict[int, str]:
    """The organizations that the actor may choose, and the one that is set, in the reader's language."""
    ids: Sequence[int] = sorted(represents | {submission.organization_id or 0})
    rows = db.session.scalars(
        sa.select(Organization).where(Organization.id.in_(ids)).order_by(Organization.id)
    )
    return {each.id: i18n.organization_name(each) for each in rows}


def _units(currency: str) -> list[tuple[str, str]]:
    if currency != "CNY":
        return [("yuan", currency)]
    zh = i18n.reader().zh
    return [("yuan", "元" if zh else "CNY"), ("wan", "万元" if zh else "CNY 10,000 (万元)")]


def _answer(entry: Any) -> tuple[int, dict[str, str]] | None:
    form = entry.form
    key = _number(form.indicator.data)
    met = form.met.data if form.met.data in MET_CODES else ""
    return None if key is None else (key, {"met": met, "evidence": _text(form.evidence.data)})


def _text(value: object) -> str:
    return str(value or "").replace("\r\n", "\n").replace("\x00", "")


def _number(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


class MemberForm(FlaskForm):
    """A person for the team."""

    email = StringField(_("Mail address"), [DataRequired(_("Fill this in.")), Length(max=254)])
    name = StringField(_("Name"), [DataRequired(_("Fill this in.")), Length(max=LONGEST_NAME)])
    affiliation = StringField(_("Organization or school"), [Length(max=LONGEST_NAME)])

    def typed(self) -> tuple[str, str, str]:
        """Address, name and affiliation."""
        return str(self.email.data), str(self.name.data).strip(), str(self.affiliation.data or "").strip()


class DescribeForm(FlaskForm):
    """How a member is named in what is submitted."""

    name = StringField(_("Name"), [DataRequired(_("Fill this in.")), Length(max=LONGEST_NAME)])
    affiliation = StringField(_("Organization or school"), [Length(max=LONGEST_NAME)])

    def typed(self) -> tuple[str, str]:
        """Name and affiliation."""
        return str(self.name.data).strip(), str(self.affiliation.data or "").strip()


class ConfirmForm(FlaskForm):
    """A button with its token."""
