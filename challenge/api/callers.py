"""Who calls: the token in the header, what it was made for, the language of the answer, and how often.

No cookie counts here, so that no other site can make a browser act; a token never stands in an address, where
logs and histories would keep it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import Flask, Response, current_app, g, request
from flask_login import AnonymousUserMixin

from challenge.accounts import api_tokens, grants
from challenge.accounts.api_tokens import MARK
from challenge.api.doors import Door
from challenge.api.faults import Forbidden, TooMany, Unauthorized
from challenge.api.problems import is_asked
from challenge.base import clock, i18n
from challenge.base.db import db, fresh_session
from challenge.rules.actors import Actor
from challenge.rules.errors import Malformed, Refused
from config import Settings

if TYPE_CHECKING:
    from challenge.accounts.api_models import ApiToken
    from challenge.accounts.models import User

NAMES_OF_SECRETS = frozenset({"token", "access_token", "api_key", "apikey", "key", "authorization"})
# Requests a minute: of one token, and of one network address without any.
WITH_TOKEN, WITHOUT = 600, 120
WINDOW_SECONDS = 60
FOR_PEOPLE = "api.about_docs"  # a page like any other: language, zone and theme as they are chosen


def install(app: Flask, doors: dict[str, Door]) -> None:
    """Before the door check: who calls. After it: what they have left."""
    settings: Settings = app.config["SETTINGS"]
    limits = Limits(settings.rate_limit_storage) if settings.rate_limits else None

    @app.before_request
    def know_the_caller() -> None:
        if not is_asked():
            return
        g.actor, g.api_token = Actor(), None
        # Nobody is signed in here, whatever cookies say.
        g._login_user = AnonymousUserMixin()  # noqa: SLF001 - where Flask-Login looks first
        g.reader = _reader(None)
        if request.endpoint == FOR_PEOPLE:
            i18n.read_by_cookies_alone()
        _refuse_secrets_in_address()
        token = _token()
        if limits is not None:
            limits.count(f"token/{token.id}" if token else f"network/{request.remote_addr}", token is None)
        door = doors.get(request.endpoint or "")
        if door is not None and request.method != "OPTIONS":
            _admit(door, token)

    @app.after_request
    def tell(response: Response) -> Response:
        if is_asked():
            response.headers.setdefault("Content-Language", i18n.reader().lang)
            response.headers.setdefault("Vary", "Authorization, Accept-Language")
            told = g.get("api_limit")
            if told is not None:
                response.headers.extend(told)
        return response


def _refuse_secrets_in_address() -> None:
    named = NAMES_OF_SECRETS & {name.lower() for name in request.args}
    if named or MARK in request.full_path:
        raise Malformed("token_in_address")


def _token() -> ApiToken | None:
    """The token of this request, and the actor that it makes; None without one."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _space, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthorized("token_unreadable")
    session = db.session
    try:
        token, acting = api_tokens.known(session, secret.strip())
    except Refused as refusal:
        raise Unauthorized(refusal.code) from None
    person: User = token.user
    g.reader = _reader(person)
    g.api_token = token
    g.api_actor = acting if acting is not None else grants.actor_of(session, person)
    now = clock.now(session)
    if token.last_used_at is None or now - token.last_used_at >= api_tokens.USED_EVERY:
        with fresh_session() as own:
            api_tokens.note_use(own, token.id, now)
    return token


def _admit(door: Door, token: ApiToken | None) -> None:
    """A public door is read as a visitor, whoever asks; any other needs a token that was made for it."""
    if door.scope is None:
        return
    if token is None:
        raise Unauthorized("token_needed")
    if door.scope not in token.scopes:
        raise Forbidden("scope_missing", scope=door.scope)
    g.actor = g.api_actor


def _reader(person: User | None) -> i18n.Reader:
    """Who reads the answer: the language asked for, else the person's own."""
    spoken = request.accept_languages.best_match(["zh-CN", "zh", "en"])
    own = person.locale if person else str(current_app.config["SETTINGS"].default_locale)
    locale = "en_US" if spoken == "en" else "zh_CN" if spoken else own
    zone = person.zone if person and person.zone in i18n.ZONES else None
    return i18n.Reader(locale if locale in i18n.LOCALES else "zh_CN", zone, "auto", person is not None)


class Limits:
    """How often one caller may knock: a moving window, in the storage that all workers share."""

    def __init__(self, storage: str) -> None:
        from limits import RateLimitItemPerMinute
        from limits.storage import storage_from_string
        from limits.strategies import MovingWindowRateLimiter

        self._limiter = MovingWindowRateLimiter(storage_from_string(storage))
        self._items = {False: RateLimitItemPerMinute(WITH_TOKEN), True: RateLimitItemPerMinute(WITHOUT)}

    def count(self, caller: str, is_visitor: bool) -> None:
        """Count this request and note what is left; raises `TooMany`."""
        item = self._items[is_visitor]
        passed = self._limiter.hit(item, "api", caller)
        stats = self._limiter.get_window_stats(item, "api", caller)
        seconds = max(1, int(stats.reset_time - time.time()))
        g.api_limit = {
            "RateLimit-Policy": f'"default";q={item.amount};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={stats.remaining};t={seconds}',
        }
        if not passed:
            raise TooMany(seconds)
