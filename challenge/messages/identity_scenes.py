"""What letters about ways to sign in may speak of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app
from flask_babel import get_locale
from sqlalchemy.orm import Session

from challenge.accounts import identities
from challenge.accounts.identity_models import IdentityLetter

Scene = dict[str, Any]


def _provider(_session: Session, name: str) -> Scene:
    locale = str(get_locale())
    known = {each.name: each.label(locale) for each in current_app.config["SETTINGS"].sign_in_by}
    return {"provider_label": known.get(name, name)}


def _letter(session: Session, letter_id: int) -> Scene:
    letter = session.get_one(IdentityLetter, letter_id)
    return {"letter": letter, "token": identities.token_of(letter), **_provider(session, letter.provider)}


IDENTITIES: Mapping[str, Callable[[Session, Any], Scene]] = {
    "provider_name": _provider,
    "identity_letter_id": _letter,
}
