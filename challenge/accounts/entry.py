"""The forms at the front door: Flask-Security's, in our words, asking a name and a language as well."""

from __future__ import annotations

from typing import Any

from flask import request, session
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_security.forms import (
    ChangePasswordForm,
    EmailValidation,
    EqualToLocalize,
    ForgotPasswordForm,
    IsString,
    LoginForm,
    RegisterFormV2,
    ResetPasswordForm,
    SendConfirmationForm,
    VerifyForm,
    unique_user_email,
    valid_user_email,
)
from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from challenge.accounts import wishes
from challenge.accounts.people import NAME_LENGTH
from challenge.accounts.phrases import N_
from challenge.base import i18n
from challenge.base.db import db
from challenge.base.paths import relative
from challenge.base.session import COME_BACK

FILL_IN = _("Fill this in.")
NEW_PASSWORD = _("At least 10 characters. A few words in a row are easy to keep in mind.")
NOT_CONFIRMED = N_("This address is not confirmed yet. Open the link in the letter that we sent.")
ACCOUNT_CLOSED = N_("This account is closed. Ask the administrator of this installation.")
REGISTERING_CLOSED = N_("New accounts are made by invitation alone. Ask the organizer for one.")
MOST_PASSWORD = 200  # hashing must not be asked to chew on a book


def _at_most(length: int) -> Length:
    return Length(max=length, message=_("At most %(max)d characters fit."))


def _email(*validators: Any) -> EmailField:
    checks = [IsString(), InputRequired(FILL_IN), _at_most(255), EmailValidation(verify=True), *validators]
    return EmailField(_("Mail address"), checks, render_kw={"autocomplete": "email"})


def _password(label: Any, autocomplete: str, *validators: Any, description: Any = "") -> PasswordField:
    checks = [IsString(), InputRequired(FILL_IN), _at_most(MOST_PASSWORD), *validators]
    return PasswordField(label, checks, description=description, render_kw={"autocomplete": autocomplete})


def _same_as(field: str) -> EqualToLocalize:
    return EqualToLocalize(field, message="RETYPE_PASSWORD_MISMATCH")


class SignInForm(LoginForm):
    """Sign in; afterwards back to the page that was wanted, also when the way led through registering."""

    email = EmailField(
        _("Mail address"),
        [IsString(), InputRequired(FILL_IN), _at_most(255), EmailValidation(verify=False)],
        render_kw={"autocomplete": "username"},
    )
    password = _password(_("Password"), "current-password", description=" ")
    remember = BooleanField(_("Keep me signed in on this device"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""
        if request.method == "GET":
            wanted = relative(request.args.get("next"), "")
            if wanted:
                session[COME_BACK] = wanted
            self.next.data = wanted or session.get(COME_BACK, "")

    def validate(self, extra_validators: Any = None, **kwargs: Any) -> bool:
        """Check the password; only to whoever knew it, say why the account cannot be used yet or any more."""
        self.next.data = relative(self.next.data, "")
        if super().validate(extra_validators=extra_validators, **kwargs):
            return True
        if self.user_authenticated and self.user is not None:
            self.email.errors = []
            closed = not self.user.is_active
            self.form_errors.append(gettext(ACCOUNT_CLOSED if closed else NOT_CONFIRMED))
        return False


class RegisterForm(RegisterFormV2):
    """Register: address, name, password, language of pages and letters."""

    name = StringField(
        _("Name"),
        [IsString(), InputRequired(FILL_IN), _at_most(NAME_LENGTH)],
        description=_("As it should stand on submissions and certificates."),
        render_kw={"autocomplete": "name"},
    )
    email = _email(unique_user_email)
    password = _password(_("Password"), "new-password", description=NEW_PASSWORD)
    password_confirm = _password(_("Password once more"), "new-password", _same_as("password"))
    locale = SelectField(_("Language"), description=_("Pages and letters come in this language."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locale.choices = [(code, i18n.locale_display(code)) for code in i18n.LOCALES]
        if self.locale.data is None:
            self.locale.data = i18n.reader().locale
        # The way back is kept in the session: after registering comes the letter with the link, not the page.
        self.next.data = ""

    def validate(self, extra_validators: Any = None, **kwargs: Any) -> bool:
        """Where registering is closed, only who is invited to something gets in; others read why."""
        if wishes.may_register(db.session, self.email.data or ""):
            return bool(super().validate(extra_validators=extra_validators, **kwargs))
        said = wishes.get(db.session, "registration_zh", "registration_en")
        mine, other = ("zh", "en") if i18n.reader().zh else ("en", "zh")
        told = said[f"registration_{mine}"] or said[f"registration_{other}"]
        self.form_errors.append(told or gettext(REGISTERING_CLOSED))
        return False


class ForgotForm(ForgotPasswordForm):
    """Ask for a link to set a new password."""

    email = _email(valid_user_email)


class ConfirmAgainForm(SendConfirmationForm):
    """Ask for the confirmation link once more."""

    email = _email(valid_user_email)


class ResetForm(ResetPasswordForm):
    """Set a new password by a link."""

    password = _password(_("New password"), "new-password", description=NEW_PASSWORD)
    password_confirm = _password(_("New password once more"), "new-password", _same_as("password"))


class ChangeForm(ChangePasswordForm):
    """Change the password while signed in."""

    password = _password(_("Current password"), "current-password")
    new_password = _password(_("New password"), "new-password", description=NEW_PASSWORD)
    new_password_confirm = _password(_("New password once more"), "new-password", _same_as("new_password"))


class AgainForm(VerifyForm):
    """Enter the password once more before something grave."""

    password = _password(_("Password"), "current-password")


FORMS: dict[str, Any] = {
    "login_form": SignInForm,
    "register_form": RegisterForm,
    "forgot_password_form": ForgotForm,
    "send_confirmation_form": ConfirmAgainForm,
    "reset_password_form": ResetForm,
    "change_password_form": ChangeForm,
    "verify_form": AgainForm,
}
