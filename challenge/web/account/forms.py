"""Forms of one's own account: their shape; what is allowed is decided by the services."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from challenge.accounts.invitations import MOST_REASON
from challenge.accounts.models import ORGANIZATION_KINDS
from challenge.accounts.organizations import NAME_LENGTH, PROFILE_LENGTH
from challenge.accounts.organizations import PERSON_LENGTH as PERSON_REPRESENTING
from challenge.accounts.people import AFFILIATION_LENGTH
from challenge.accounts.people import NAME_LENGTH as PERSON_LENGTH
from challenge.base import i18n
from challenge.web.places import KIND_WORDS, region_words, zone_choices

FILL_IN = _("Fill this in.")


def at_most(length: int) -> Length:
    """No more than so many characters; the page counts them while they are typed."""
    return Length(max=length, message=_("At most %(max)d characters fit."))


class ProfileForm(FlaskForm):
    """What a person says about themselves."""

    name = StringField(_("Name"), [InputRequired(FILL_IN), at_most(PERSON_LENGTH)])
    affiliation = StringField(_("Affiliation"), [Optional(), at_most(AFFILIATION_LENGTH)])
    locale = SelectField(_("Language"), description=_("Pages and letters come in this language."))
    zone = SelectField(_("Time zone"), description=_("Deadlines are shown in it beside the round's own."))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.locale.choices = [(code, i18n.locale_display(code)) for code in i18n.LOCALES]
        self.zone.choices = zone_choices()


class OrganizationForm(FlaskForm):
    """What is written about an organization."""

    name = StringField(_("Name of the organization"), [InputRequired(FILL_IN), at_most(NAME_LENGTH)])
    name_en = StringField(_("Name in English"), [Optional(), at_most(NAME_LENGTH)])
    kind = SelectField(_("Type"))
    region = StringField(
        _("Region"),
        [Optional(), at_most(100)],
        description=_("A province or city of China, or its code of six figures. Elsewhere leave it empty."),
    )
    legal_representative = StringField(
        _("Legal representative"),
        [Optional(), at_most(PERSON_REPRESENTING)],
        description=_("Printed on papers to sign and seal. It stands on no public page."),
    )
    registration_code = StringField(
        _("Registration code"),
        description=_("In China the unified social credit code: 18 characters. Elsewhere leave it empty."),
    )
    profile = TextAreaField(_("What it does"), [Optional(), at_most(PROFILE_LENGTH)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(code, str(KIND_WORDS[code])) for code in ORGANIZATION_KINDS]
        if not self.is_submitted() and self.region.data:
            self.region.data = region_words(self.region.data)


class AliasesForm(FlaskForm):
    """Other names of an organization."""

    aliases = TextAreaField(
        _("Other names, one in each line"),
        [at_most(4000)],
        description=_(
            "Former names and short forms. Judges who work under one of them are found as tied to it."
        ),
    )


class AnswerForm(FlaskForm):
    """What comes with an answer to an invitation."""

    capacity = StringField(
        _("Most entries that I can read"),
        description=_("You are not asked to read more of them. Leave it empty if the organizer decides."),
    )
    reason = TextAreaField(
        _("Why not?"),
        [at_most(MOST_REASON)],
        description=_("Whoever invited you reads it, nobody else."),
    )


class AddressForm(FlaskForm):
    """One mail address to invite."""

    email = EmailField(_("Mail address"), [InputRequired(FILL_IN), at_most(255)])
