"""Forms of what is on offer: their shape, and what was typed in them as content."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.base import i18n
from challenge.requirements.models import FIELDS, MODES
from challenge.rules import money
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.supply import LEVELS, keywords
from challenge.supply.content import MOST, Content
from challenge.supply.experts import Profile
from challenge.web.account.expertise_forms import LANGUAGES
from challenge.web.forms import in_words, one_of
from challenge.web.places import provinces
from challenge.web.public.cards import FIELD_NAMES, MODE_NAMES
from challenge.web.supply_words import AVAILABILITY_NAMES, IP_NAMES, LEVEL_NAMES

MINOR_OF_A_HUNDRED = 10_000  # finer sums are shown in 元
UNITS = (("CNY-wan", "万元", "CNY 10,000"), ("CNY-yuan", "元", "CNY"), ("USD-yuan", "USD", "USD"))


class AchievementForm(FlaskForm):
    """A whole achievement. Saved leniently while it is a draft."""

    seen = HiddenField()
    title_zh = StringField(_("Title in Chinese"))
    title_en = StringField(_("Title in English"))
    summary_zh = TextAreaField(_("What it does, in Chinese"))
    summary_en = TextAreaField(_("What it does, in English"))
    field = SelectField(_("Field"), validate_choice=False)
    region = SelectField(_("Region"), validate_choice=False)
    keywords = StringField(_("Keywords"))
    trl = SelectField(_("Maturity (TRL, GB/T 22900)"), validate_choice=False)
    ip_status = SelectField(_("Intellectual property"), validate_choice=False)
    modes = SelectMultipleField(
        _("Cooperation"),
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    price = StringField(_("Price"))
    price_unit = SelectField(_("Unit"), validate_choice=False)
    detail = TextAreaField(_("Confidential detail"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.choices = [("", str(_("Not given"))), *provinces()]
        self.field.choices = [("", str(_("Choose a field"))), *((f, str(FIELD_NAMES[f])) for f in FIELDS)]
        self.modes.choices = [(mode, str(MODE_NAMES[mode])) for mode in MODES]
        levels = [(str(each), f"{each} · {LEVEL_NAMES[each]}") for each in LEVELS]
        self.trl.choices = [("", str(_("Choose a level"))), *levels]
        self.ip_status.choices = [("", str(_("Not given"))), *((k, str(v)) for k, v in IP_NAMES.items())]
        self.price_unit.choices = [(code, zh if i18n.reader().zh else en) for code, zh, en in UNITS]

    def content(self) -> Content:
        """What was typed, read; raises `InvalidMany`."""
        currency, _dash, unit = str(self.price_unit.data or "CNY-yuan").partition("-")
        counts: money.Unit = "wan" if unit == "wan" else "yuan"
        price = money.parse_amount(str(self.price.data or ""), counts, money.minor_digits(currency))
        if isinstance(price, str) and price != "empty":
            raise InvalidMany([Invalid("price", f"amount_{price}")])
        return Content(
            **{name: str(self[name].data or "") for name in MOST},
            field=self.field.data or "",
            keywords=keywords(self.keywords.data or ""),
            trl=int(self.trl.data) if (self.trl.data or "").isdecimal() else None,
            ip_status=self.ip_status.data or "",
            modes=tuple(self.modes.data or ()),
            price_minor=price if isinstance(price, int) else None,
            currency=currency,
            region=self.region.data or "",
        )


def form_of(content: Content, seen: str) -> AchievementForm:
    """The form as it stands for this content."""
    price = content.price_minor
    whole = price is None or price % MINOR_OF_A_HUNDRED == 0
    unit: money.Unit = "wan" if content.currency == "CNY" and whole else "yuan"
    digits = money.minor_digits(content.currency)
    return AchievementForm(
        formdata=None,
        data={
            **{name: getattr(content, name) for name in (*MOST, "field", "region", "ip_status")},
            "seen": seen,
            "keywords": ", ".join(content.keywords),
            "trl": str(content.trl or ""),
            "modes": list(content.modes),
            "price": "" if price is None else money.amount_text(price, unit, digits),
            "price_unit": f"{content.currency}-{unit}",
        },
    )


class NewForm(FlaskForm):
    """Whose achievement it is to be. `ref` makes the same page sent twice one draft."""

    ref = HiddenField()
    owner = RadioField(_("Whose achievement is it?"))


class OpenForm(FlaskForm):
    """An address that may read the confidential part."""

    email = EmailField(_("Mail address"), [InputRequired(_("Fill this in."))])


class ExpertForm(FlaskForm):
    """What a person says about themselves as an expert, and what they consent to."""

    field = SelectField(_("Field"), validate_choice=False)
    region = SelectField(_("Region"), validate_choice=False)
    keywords = TextAreaField(_("Keywords"), description=_("Up to 20, with commas between them."))
    languages = SelectMultipleField(
        _("Languages that I work in"),
        choices=in_words(LANGUAGES),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    about_zh = TextAreaField(_("What I do, in Chinese"))
    about_en = TextAreaField(_("What I do, in English"))
    availability = one_of(_("Am I to be had?"), AVAILABILITY_NAMES, default="open")
    listed = BooleanField(
        _("List me publicly"),
        description=_("Name, affiliation and this profile stand in the list of experts and in the search."),
    )
    matched = BooleanField(
        _("Match me with needs"),
        description=_("Organizers and brokers find me when a need fits what I know."),
    )
    mailed = BooleanField(
        _("Write to me"), description=_("Needs that fit may be sent to my address, within the limit below.")
    )
    weekly_letters = IntegerField(_("At most so many such letters a week"), [Optional()], default=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.choices = [("", str(_("Not given"))), *provinces()]
        self.field.choices = [("", str(_("Choose a field"))), *((f, str(FIELD_NAMES[f])) for f in FIELDS)]

    def profile(self) -> Profile:
        """What was typed."""
        texts = ("keywords", "field", "region", "about_zh", "about_en", "availability")
        return Profile(
            **{name: str(self[name].data or "") for name in texts},
            languages=tuple(self.languages.data or ()),
            listed=bool(self.listed.data),
            matched=bool(self.matched.data),
            mailed=bool(self.mailed.data),
            weekly_letters=self.weekly_letters.data,
        )


class PublicationsForm(FlaskForm):
    """A file of publications."""

    file = FileField(
        _("BibTeX, or works from ORCID as JSON"),
        description=_("At most 1 MB. What is there already, by DOI or title, is left as it is."),
    )
