"""The room of those who come from a provider."""

from __future__ import annotations

from flask import Blueprint

from challenge.accounts import oidc
from challenge.base import i18n

blueprint = Blueprint("enter", __name__)


@blueprint.app_template_global()
def sign_in_by() -> list[tuple[str, str]]:
    """Where else people may sign in: names and labels."""
    locale = i18n.reader().locale
    return [(each.name, each.label(locale)) for each in oidc.providers()]
