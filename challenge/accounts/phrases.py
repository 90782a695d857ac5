"""What Flask-Security says, in our words: English here, Chinese in our catalogue like everything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


def N_(text: str) -> str:  # noqa: N802 - the catalogue's tools know a marked text by this name
    """Mark a text for the catalogue; it is translated where it is said."""
    return text


SAID: dict[str, tuple[str, str]] = {
    "GENERIC_AUTHN_FAILED": (N_("Address and password do not fit together."), "error"),
    "UNAUTHENTICATED": (N_("Sign in first."), "error"),
    "REAUTHENTICATION_REQUIRED": (N_("Enter your password once more to go on."), "error"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you. You can go on."), "info"),
    "CONFIRM_REGISTRATION": (N_("We sent a letter to %(email)s. Its link confirms your address."), "success"),
    "EMAIL_CONFIRMED": (N_("Your address is confirmed. Sign in to go on."), "success"),
    "ALREADY_CONFIRMED": (N_("Your address was confirmed before. Sign in to go on."), "info"),
    "INVALID_CONFIRMATION_TOKEN": (N_("This link is not one of ours. Ask for a new one."), "error"),
    "CONFIRMATION_EXPIRED": (N_("This link was valid for %(within)s. Ask for a new one."), "error"),
    "CONFIRMATION_REQUIRED": (N_("Confirm your address first."), "error"),
    "CONFIRMATION_REQUEST": (
        N_("If %(email)s waits to be confirmed, a letter with a new link is on its way."),
        "info",
    ),
    "PASSWORD_MISMATCH": (N_("The two passwords differ."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords differ."), "error"),
    "INVALID_REDIRECT": (N_("That address leads away from this site."), "error"),
    "PASSWORD_RESET_REQUEST": (
        N_("If %(email)s has an account, a letter with a link is on its way."),
        "info",
    ),
    "PASSWORD_RESET_EXPIRED": (N_("This link was valid for %(within)s. Ask for a new one."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        N_("This link was used before or is not one of ours. Ask for a new one."),
        "error",
    ),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your new password is set. Sign in with it."), "success"),
    "PASSWORD_IS_THE_SAME": (N_("This is your current password. Choose another."), "error"),
    "PASSWORD_CHANGE": (
        N_("Your password is changed. You are signed out on all other devices."),
        "success",
    ),
    "PASSWORD_NOT_PROVIDED": (N_("Fill this in."), "error"),
    "PASSWORD_INVALID_LENGTH": (N_("A password needs at least %(length)s characters."), "error"),
    "INVALID_PASSWORD": (N_("That is not your current password."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Fill this in."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("This is not a mail address. Write it like name@example.org."), "error"),
    "EMAIL_ALREADY_ASSOCIATED": (N_("%(email)s has an account already."), "error"),
    "USER_DOES_NOT_EXIST": (N_("This address has no account."), "error"),
    "DISABLED_ACCOUNT": (N_("This account is closed. Ask the administrator of this installation."), "error"),
    "ANONYMOUS_USER_REQUIRED": (N_("You are signed in already."), "error"),
    "LOGIN": (N_("Sign in first."), "info"),
    "REFRESH": (N_("Enter your password once more to go on."), "info"),
    "API_ERROR": (N_("The request could not be read. Reload the page and try again."), "error"),
    "FORGOT_PASSWORD": (N_("Forgot your password?"), "info"),
}


def config() -> dict[str, Any]:
    """The settings that make Flask-Security speak our words from our catalogue."""
    words = {f"SECURITY_MSG_{name}": said for name, said in SAID.items()}
    return {
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": [str(TRANSLATIONS)],
        **words,
    }
