"""How a visitor reads: language, theme, unit of money, time zone; in cookies, of a person in the account."""

from __future__ import annotations

from flask import Response, abort, current_app, make_response, redirect, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from challenge.accounts import people
from challenge.base.db import writing
from challenge.base.i18n import LOCALES, MONEY, THEMES, ZONES
from challenge.base.paths import relative
from challenge.base.session import actor
from challenge.rules.permissions import Action
from challenge.web.account.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {"reader": {"POST": Action.READER_SET}}

CHOICES = {"locale": frozenset(LOCALES), "theme": frozenset(THEMES), "zone": ZONES, "money": frozenset(MONEY)}
YEAR_SECONDS = 365 * 24 * 3600


@blueprint.post("/reader")
def reader() -> ResponseReturnValue:
    """Set what was sent and go back to the page it came from."""
    refuse_other_sites()
    chosen = {name: request.form[name] for name in CHOICES if request.form.get(name) in CHOICES[name]}
    if actor().user_id is not None and chosen.keys() & {"locale", "zone"}:
        with writing() as session:
            people.keep_reading(session, actor(), locale=chosen.get("locale"), zone=chosen.get("zone"))
    response = make_response(redirect(relative(request.form.get("next"))))
    keep(response, chosen)
    return response


def keep(response: Response, chosen: dict[str, str]) -> None:
    """Write the choices into cookies; a script may read them, they hold no secret."""
    secure = bool(current_app.config["SETTINGS"].secure_cookies)
    for name, value in chosen.items():
        response.set_cookie(name, value, max_age=YEAR_SECONDS, secure=secure, samesite="Lax")


def refuse_other_sites() -> None:
    """Refuse a form of another site. This door has no token, so that pages for everyone hold no session."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(400)
    elif (origin := request.headers.get("Origin")) is not None and origin != request.host_url.rstrip("/"):
        abort(400)


@blueprint.record_once
def _without_token(state: BlueprintSetupState) -> None:
    state.app.extensions["csrf"].exempt(reader)
