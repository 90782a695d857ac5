"""Forms of programmes and rounds: their shape, and what was typed in them as plain facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from challenge.base import i18n
from challenge.rounds.drafting import CURRENCIES, RoundFacts
from challenge.rounds.models import Programme, Round
from challenge.rounds.programmes import ProgrammeFacts
from challenge.rounds.windows import Typed, grace_of, has_opened, typed
from challenge.rules import money
from challenge.rules.errors import Invalid
from challenge.rules.stages import WINDOWED
from challenge.web.moments import MomentField, local
from challenge.web.organize.wording import MOMENTS
from challenge.web.places import OFFERED

STAGE_WORDS: Mapping[str, LazyString] = {
    "requirements": _("Call for requirements"),
    "submission": _("Submission"),
    "judging": _("Judging"),
    "award": _("Award"),
}
HUES: tuple[tuple[int, LazyString], ...] = (
    (205, _("Lake")),
    (235, _("Sky")),
    (265, _("Indigo")),
    (295, _("Violet")),
    (325, _("Plum")),
    (0, _("Rose")),
    (25, _("Brick")),
    (55, _("Amber")),
    (90, _("Olive")),
    (125, _("Leaf")),
    (150, _("Jade")),
    (180, _("Teal")),
)
UNITS = (("CNY", "wan"), *((currency, "yuan") for currency in CURRENCIES))


def unit_choices() -> list[tuple[str, str]]:
    """Currencies to choose beside a sum; 元 and 万元 are two choices, never a guess."""
    words = {("CNY", "wan"): _("CNY 10,000 (万元)"), ("CNY", "yuan"): _("CNY (元)")}
    return [(f"{code}-{unit}", str(words.get((code, unit), code))) for code, unit in UNITS]


def read_sum(name: str, text: str | None, unit: str, faults: list[Invalid]) -> tuple[int | None, str]:
    """The sum in minor units (None where empty) and its currency; what is wrong joins `faults` at `name`."""
    currency, _dash, counts = unit.partition("-")
    found = money.parse_amount(text or "", "wan" if counts == "wan" else "yuan", money.minor_digits(currency))
    if isinstance(found, int):
        return found, currency
    if found != "empty":
        faults.append(Invalid(name, f"amount_{found}"))
    return None, currency


def written_sum(minor: int | None, currency: str) -> tuple[str, str]:
    """The sum and its unit as the form shows them: in 万元 where that is a whole number."""
    digits = money.minor_digits(currency)
    wan = currency == "CNY" and (minor is None or minor % (10_000 * 10**digits) == 0)
    unit: money.Unit = "wan" if wan else "yuan"
    return ("" if minor is None else money.amount_text(minor, unit, digits)), f"{currency}-{unit}"


class ProgrammeForm(FlaskForm):
    """What is written about a programme."""

    host = SelectField(_("Organization that hosts it"))
    title_zh = StringField(_("Title in Chinese"), render_kw={"maxlength": 100})
    title_en = StringField(_("Title in English"), render_kw={"maxlength": 100})
    summary_zh = TextAreaField(_("Summary in Chinese"), render_kw={"maxlength": 500})
    summary_en = TextAreaField(_("Summary in English"), render_kw={"maxlength": 500})
    hue = SelectField(_("Colour"), coerce=int, default=205)
    slug = StringField(
        _("Address"), render_kw={"maxlength": 60, "autocapitalize": "off", "spellcheck": "false"}
    )

    def __init__(self, *args: Any, hosts: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(HUES)
        shown = kwargs["obj"].hue if kwargs.get("obj") is not None else None
        own = [(shown, _("As it is now"))] if shown is not None and shown not in known else []
        self.hue.choices = [(hue, str(word)) for hue, word in (*HUES, *own)]
        if hosts is None:
            del self.host
        else:
            self.host.choices = hosts

    def facts(self) -> ProgrammeFacts:
        """What was typed."""
        texts = ("title_zh", "title_en", "summary_zh", "summary_en", "slug")
        return ProgrammeFacts(**{name: (self[name].data or "").strip() for name in texts}, hue=self.hue.data)


def _window_fields(cls: type[RoundForm]) -> type[RoundForm]:
    """Two moments for each stage: `submission_opens`, `submission_closes` ..."""
    for stage in WINDOWED:
        for end, usual in (("opens", "09:00"), ("closes", "18:00")):
            name = f"{stage.value}_{end}"
            setattr(cls, name, MomentField(MOMENTS[name], usual=usual))
    return cls


class RoundForm(FlaskForm):
    """A round's settings. Windows that opened have no fields: they are extended or closed early instead."""

    title_zh = StringField(_("Title in Chinese"), render_kw={"maxlength": 100})
    title_en = StringField(_("Title in English"), render_kw={"maxlength": 100})
    summary_zh = TextAreaField(_("Summary in Chinese"), render_kw={"maxlength": 500})
    summary_en = TextAreaField(_("Summary in English"), render_kw={"maxlength": 500})
    slug = StringField(
        _("Address"), render_kw={"maxlength": 60, "autocapitalize": "off", "spellcheck": "false"}
    )
    zone = SelectField(_("Time zone of the round"))
    rolling = BooleanField(_("Rolling: submission may open while requirements are still collected"))
    notice_days = IntegerField(_("Days of public notice"), [InputRequired()], default=5)
    objection_days = IntegerField(_("Days to answer an objection"), [InputRequired()], default=5)
    max_files = IntegerField(_("Most files of a submission"), [InputRequired()], default=10)
    max_file_mb = IntegerField(_("Most megabytes of a file"), [InputRequired()], default=50)
    max_total_mb = IntegerField(_("Most megabytes of a submission"), [InputRequired()], default=4096)
    grace_minutes = IntegerField(_("Minutes of grace after the submission close"), [Optional()], default=0)
    sealed = BooleanField(_("Sealed: nobody reads a solution before the submission closes, not even you"))
    budget_ceiling = StringField(_("Highest budget of a requirement"), default="10000")
    budget_unit = SelectField(_("Unit"))

    def __init__(
        self, *args: Any, now: dt.datetime, zone: str, round_: Round | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        zones = dict.fromkeys([zone, *OFFERED])
        self.zone.choices = [(key, i18n.zone_name(now, key)) for key in zones]
        self.budget_unit.choices = unit_choices()
        if round_ is not None and round_.launched_at is not None:
            self._keep_what_opened(round_, now)

    def _keep_what_opened(self, round_: Round, now: dt.datetime) -> None:
        for row in round_.windows:
            if has_opened(row, now):
                del self[f"{row.stage}_opens"]
                del self[f"{row.stage}_closes"]
        for name in ("slug", "zone", "grace_minutes", "sealed"):
            del self[name]
        currency = round_.currency
        self.budget_unit.choices = [each for each in unit_choices() if each[0].startswith(currency)]

    def windows(self, zone: str) -> Typed:
        """The windows that have fields, read in the zone that was chosen with them."""
        names = (f"{stage.value}_{end}" for stage in WINDOWED for end in ("opens", "closes"))
        chosen = self.zone.data if "zone" in self else zone
        return typed(chosen, {name: self[name].data for name in names if name in self})

    def facts(self, faults: list[Invalid], known: Round | None = None) -> RoundFacts:
        """What was typed; a sum that cannot be read joins `faults`."""
        ceiling, currency = read_sum(
            "budget_ceiling", self.budget_ceiling.data, self.budget_unit.data or "CNY-wan", faults
        )
        if ceiling is None and not faults:
            faults.append(Invalid("budget_ceiling", "required"))
        texts = ("title_zh", "title_en", "summary_zh", "summary_en")
        values: dict[str, Any] = {name: (self[name].data or "").strip() for name in texts}
        values |= {
            name: self[name].data
            for name in (
                *("rolling", "notice_days", "objection_days", "max_files", "max_file_mb", "max_total_mb"),
            )
        }
        values |= {"slug": (self.slug.data or "").strip()} if "slug" in self else {}
        fixed: dict[str, Any]
        if known is not None and "zone" not in self:
            fixed = {"zone": known.zone, "sealed": known.sealed, "grace_seconds": grace_of(known)}
        else:
            grace = (self.grace_minutes.data or 0) * 60
            fixed = {"zone": self.zone.data, "sealed": self.sealed.data, "grace_seconds": grace}
        return RoundFacts(**values, **fixed, currency=currency, budget_ceiling_minor=ceiling or 1)


_window_fields(RoundForm)


def data_of(round_: Round) -> dict[str, Any]:
    """The form's values as the round stands; its windows are loaded."""
    names = ("title_zh", "title_en", "summary_zh", "summary_en", "slug", "zone", "rolling", "notice_days")
    limits = ("objection_days", "max_files", "max_file_mb", "max_total_mb")
    ceiling, unit = written_sum(round_.budget_ceiling_minor, round_.currency)
    return {
        **{name: getattr(round_, name) for name in (*names, *limits)},
        **{f"{row.stage}_opens": local(row.opens_at, round_.zone) for row in round_.windows},
        **{f"{row.stage}_closes": local(row.closes_at, round_.zone) for row in round_.windows},
        "grace_minutes": grace_of(round_) // 60,
        "sealed": round_.sealed,
        "budget_ceiling": ceiling,
        "budget_unit": unit,
    }


def programme_data(programme: Programme) -> dict[str, Any]:
    """The form's values as the programme stands."""
    return {name: getattr(programme, name) for name in ProgrammeFacts.__dataclass_fields__}
