"""The secrets of the links that Flask-Security reads, made when a letter is written: no row keeps them."""

from __future__ import annotations

from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token

from challenge.accounts.models import User


def confirmation_token(person: User) -> str:
    """Proves that the reader of a letter owns the account's address."""
    return str(generate_confirmation_token(person))  # type: ignore[no-untyped-call]


def reset_token(person: User) -> str:
    """Lets the reader of a letter set a new password, once."""
    return str(generate_reset_password_token(person))  # type: ignore[no-untyped-call]
