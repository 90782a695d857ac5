"""Forms of a first visit by an account elsewhere."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired

from challenge.accounts.entry import MOST_PASSWORD
from challenge.accounts.people import NAME_LENGTH
from challenge.base import i18n
from challenge.web.account.forms import FILL_IN, at_most


class NewAccountForm(FlaskForm):
    """What an account needs beside its address."""

    name = StringField(
        _("Name"),
        [InputRequired(FILL_IN), at_most(NAME_LENGTH)],
        description=_("As it should stand on submissions and certificates."),
        render_kw={"autocomplete": "name"},
    )
    locale = SelectField(_("Language"), description=_("Pages and letters come in this language."))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.locale.choices = [(code, i18n.locale_display(code)) for code in i18n.LOCALES]
        if self.locale.data is None:
            self.locale.data = i18n.reader().locale


class AddressForm(FlaskForm):
    """An address to write to."""

    email = EmailField(
        _("Mail address"),
        [InputRequired(FILL_IN), at_most(255)],
        id="letter_email",
        render_kw={"autocomplete": "email"},
    )


class OwnAccountForm(FlaskForm):
    """The account that somebody has here already."""

    email = EmailField(
        _("Mail address"),
        [InputRequired(FILL_IN), at_most(255)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(FILL_IN), at_most(MOST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
