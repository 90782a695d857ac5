"""Forms of the seeker's rooms: their shape, and what was typed in them as content."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

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
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.base import i18n
from challenge.requirements.content import MOST_INDICATORS, Content, IndicatorRow
from challenge.requirements.faults import MOST, ROW_MOST
from challenge.requirements.models import COMPARISONS, FIELDS, MODES
from challenge.rounds.models import Theme
from challenge.rules import localtime, money, regions
from challenge.rules.branches import Branch
from challenge.rules.errors import Invalid, InvalidMany
from challenge.web.places import industry_choices, region_words
from challenge.web.public.cards import FIELD_NAMES, MODE_NAMES, SIGNS

_BETWEEN_KEYWORDS = re.compile(r"[,，、;；\n]+")
MINOR_OF_A_HUNDRED = 10_000  # finer sums are shown in 元: 12.3456 万元 is hard to read
_UNITS = (("CNY", "wan"), ("CNY", "yuan"), ("USD", "yuan"), ("EUR", "yuan"))


def _unit_name(currency: str, unit: str) -> str:
    """'万元' / 'CNY 10,000', '元' / 'CNY', 'USD'."""
    if currency == "CNY" and i18n.reader().zh:
        return "万元" if unit == "wan" else "元"
    return f"{currency} 10,000" if unit == "wan" else currency


class IndicatorForm(Form):
    """One indicator; every cell may be empty in a draft."""

    name_zh = StringField(_("Indicator in Chinese"), render_kw={"maxlength": ROW_MOST["name_zh"]})
    name_en = StringField(_("Indicator in English"), render_kw={"maxlength": ROW_MOST["name_en"]})
    comparison = SelectField(_("Comparison"), default="ge")
    target = StringField(_("Target"), render_kw={"inputmode": "decimal", "maxlength": ROW_MOST["target"]})
    unit = StringField(_("Unit"), render_kw={"maxlength": ROW_MOST["unit"]})
    level = SelectField(_("Level"), default="must")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signs = [(code, SIGNS.get(code) or str(_("yes or no"))) for code in COMPARISONS]
        self.comparison.choices = signs
        self.level.choices = [("must", str(_("must"))), ("should", str(_("should")))]

    def row(self) -> IndicatorRow:
        """What was typed."""
        return IndicatorRow(**{name: str(value or "") for name, value in self.data.items()})


class RequirementForm(FlaskForm):
    """A whole requirement. Saved leniently: what is missing is asked for only when it is handed in."""

    seen = HiddenField()
    title_zh = StringField(_("Title in Chinese"))
    title_en = StringField(_("Title in English"))
    summary_zh = StringField(_("One sentence in Chinese"))
    summary_en = StringField(_("One sentence in English"))
    problem_zh = TextAreaField(_("The problem, in Chinese"), render_kw={"lang": "zh-CN"})
    problem_en = TextAreaField(_("The problem, in English"), render_kw={"lang": "en"})
    goals = TextAreaField(_("Goals"))
    indicators = FieldList(FormField(IndicatorForm), _("Indicators"), max_entries=MOST_INDICATORS + 5)
    field = SelectField(_("Field"))
    theme = SelectField(_("Track"))
    branch = SelectField(_("Branch"))
    keywords = StringField(_("Keywords"))
    industry = SelectField(_("Industry"))
    region = StringField(_("Region"))
    partners = StringField(_("Wished partners"))
    starts_on = StringField(_("Work starts"))
    ends_on = StringField(_("Work ends"))
    budget_min = StringField(_("Budget from"))
    budget_max = StringField(_("Budget up to"))
    budget_unit = SelectField(_("Unit of both"))
    modes = SelectMultipleField(
        _("Cooperation"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    ip_wish = StringField(_("Intellectual property"))
    closes_at = StringField(_("Own close"), [Optional()])
    anonymous = BooleanField(_("Do not name us on public pages"))
    confidential_part = TextAreaField(_("Confidential part"))
    contact_name = StringField(_("Contact"))
    contact_phone = StringField(_("Telephone"))
    contact_email = StringField(_("Mail address"))

    def __init__(
        self,
        *args: Any,
        currency: str = "CNY",
        themes: Sequence[Theme] = (),
        branches: Sequence[Branch] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if branches:
            named = [(each.ref, i18n.organization_name(each)) for each in branches]
            self.branch.choices = [("", str(_("by the region"))), *named]
        else:
            del self.branch
        if themes:
            tracks = [(str(each.id), i18n.t(each, "name")) for each in themes]
            self.theme.choices = [("", str(_("no track"))), *tracks]
        else:
            del self.theme
        self.industry.choices = {"": [("", str(_("Not given")))]} | dict(industry_choices())
        self.field.choices = [("", str(_("Choose a field"))), *((f, str(FIELD_NAMES[f])) for f in FIELDS)]
        self.modes.choices = [(mode, str(MODE_NAMES[mode])) for mode in MODES]
        units = dict.fromkeys([*_UNITS, (currency, "yuan")])
        self.budget_unit.choices = [(f"{code}-{unit}", _unit_name(code, unit)) for code, unit in units]

    def content(self, zone: ZoneInfo) -> Content:
        """What was typed, read: sums in minor units, times as instants. Raises `InvalidMany`."""
        faults: list[Invalid] = []
        currency, _dash, unit = str(self.budget_unit.data or "CNY-yuan").partition("-")
        counts: money.Unit = "wan" if unit == "wan" else "yuan"
        low = self._sum("budget_min", counts, currency, faults)
        high = self._sum("budget_max", counts, currency, faults)
        closes_at = self._instant(zone, faults)
        starts_on, ends_on = (self._day(name, faults) for name in ("starts_on", "ends_on"))
        if faults:
            raise InvalidMany(faults)
        texts = {name: str(self[name].data or "") for name in MOST}
        texts["region"] = regions.find(texts["region"]) or texts["region"]
        return Content(
            **texts,
            field=self.field.data or "",
            industry=self.industry.data or "",
            keywords=_keywords(self.keywords.data or ""),
            modes=tuple(self.modes.data or ()),
            budget_min_minor=low,
            budget_max_minor=high,
            currency=currency,
            typed_in=counts,
            closes_at=closes_at,
            starts_on=starts_on,
            ends_on=ends_on,
            anonymous=bool(self.anonymous.data),
            theme_id=int(self.theme.data) if "theme" in self and self.theme.data else None,
            indicators=tuple(entry.form.row() for entry in self.indicators),
        )

    def _sum(self, name: str, unit: money.Unit, currency: str, faults: list[Invalid]) -> int | None:
        found = money.parse_amount(str(self[name].data or ""), unit, money.minor_digits(currency))
        if isinstance(found, int):
            return found
        if found != "empty":
            faults.append(Invalid(name, f"amount_{found}"))
        return None

    def _instant(self, zone: ZoneInfo, faults: list[Invalid]) -> dt.datetime | None:
        if not (self.closes_at.data or "").strip():
            return None
        try:
            return localtime.instant("closes_at", str(self.closes_at.data), zone)
        except Invalid as fault:
            faults.append(fault)
            return None

    def _day(self, name: str, faults: list[Invalid]) -> dt.date | None:
        try:
            return localtime.day(name, str(self[name].data or ""))
        except Invalid as fault:
            faults.append(fault)
            return None

    def turn_rows(self, add: str | None, remove: str | None) -> None:
        """The buttons of the rows, without JavaScript: one row more, or without that one."""
        if add is not None and len(self.indicators.entries) < MOST_INDICATORS:
            self.indicators.append_entry()
        elif remove is not None:
            self.indicators.entries = [each for each in self.indicators.entries if each.name != remove]


def form_of(
    content: Content,
    seen: dt.datetime,
    zone: ZoneInfo,
    themes: Sequence[Theme] = (),
    branches: Sequence[Branch] = (),
    branch: str = "",
) -> RequirementForm:
    """The form as it stands for this content; without any indicator it offers two empty rows."""
    data = data_of(content, seen, zone) | {"branch": branch}
    return RequirementForm(
        formdata=None, currency=content.currency, themes=themes, branches=branches, data=data
    )


def data_of(content: Content, seen: dt.datetime | None, zone: ZoneInfo) -> dict[str, Any]:
    """What stands in its fields for this content."""
    sums = (content.budget_min_minor, content.budget_max_minor)
    round_sums = all(value is None or value % MINOR_OF_A_HUNDRED == 0 for value in sums)
    unit: money.Unit = "wan" if content.currency == "CNY" and round_sums else "yuan"
    digits = money.minor_digits(content.currency)
    low, high = ("" if value is None else money.amount_text(value, unit, digits) for value in sums)
    at = content.closes_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if content.closes_at else ""
    typed = {name: getattr(content, name) for name in (*MOST, "field", "industry", "anonymous")}
    return {
        **typed,
        "region": region_words(content.region),
        "starts_on": str(content.starts_on or ""),
        "ends_on": str(content.ends_on or ""),
        "theme": str(content.theme_id or ""),
        "seen": seen.isoformat() if seen else "",
        "modes": list(content.modes),
        "keywords": ", ".join(content.keywords),
        "budget_min": low,
        "budget_max": high,
        "budget_unit": f"{content.currency}-{unit}",
        "closes_at": at,
        "indicators": [dataclasses.asdict(row) for row in content.indicators] or [{}, {}],
    }


def _keywords(text: str) -> tuple[str, ...]:
    words = (word.strip() for word in _BETWEEN_KEYWORDS.split(text))
    return tuple(dict.fromkeys(word for word in words if word))


class NewForm(FlaskForm):
    """Where a new requirement goes, and who posts it. `ref` makes the same page sent twice one draft."""

    ref = HiddenField()
    round = RadioField(_("Round"))
    seeker = SelectField(
        _("Organization"), description=_("It posts the requirement and signs with the winner.")
    )


class ReasonForm(FlaskForm):
    """Why a requirement is withdrawn."""

    reason = TextAreaField(_("Reason"))


class AnswerForm(FlaskForm):
    """An answer, and who reads it."""

    answer = TextAreaField(_("Answer"))
    public = RadioField(_("Who reads it"), default="yes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.public.choices = [
            ("yes", str(_("Everyone: question and answer stand on the public page"))),
            ("no", str(_("Only who asked"))),
        ]
