"""How often the front door may be tried: by address and account together, so that nobody locks another out.

Only the posts that cost a hash or a letter are counted. Whole offices share one address at a deadline, so the
limits by network address alone are wide.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, current_app, g, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_limiter import Limiter, RateLimitExceeded

from challenge.accounts import entering
from challenge.base import i18n
from challenge.base.session import actor
from challenge.web.doors import answer
from config import Settings


def network() -> str:
    """Where the request comes from (behind a proxy: see TRUSTED_PROXIES)."""
    return request.remote_addr or "unknown"


def account_from_here() -> str:
    """The account that is tried, from this network address."""
    return f"{network()}/{address()}"


def address() -> str:
    """The mail address that the form names, known or not."""
    return request.form.get("email", "").strip().lower()[:255]


def person() -> str:
    """Who is signed in."""
    return f"user/{actor().user_id}" if actor().user_id is not None else network()


def halfway() -> str:
    """Who has passed the first step of signing in: by account alone, for its password is known here."""
    step = session.get(entering.STEP) or {}
    return f"entering/{step.get('user', network())}"


LIMITS: Mapping[str, tuple[tuple[str, Callable[[], str]], ...]] = {
    "security.login": (("10 per minute;100 per hour", account_from_here), ("300 per minute", network)),
    "enter.own_account": (("10 per minute;100 per hour", account_from_here), ("300 per minute", network)),
    "enter.ask_by_letter": (("5 per hour", address), ("60 per hour", network)),
    "enter.answer_letter": (("20 per minute", network),),
    "account.link_way": (("10 per minute", person),),
    "account.unlink_way": (("10 per minute", person),),
    "account.password_by_letter": (("5 per hour", person),),
    "security.register": (("60 per hour", network),),
    "security.forgot_password": (("5 per hour", address), ("60 per hour", network)),
    "security.send_confirmation": (("5 per hour", address), ("60 per hour", network)),
    "security.reset_password": (("20 per minute", network),),
    "security.change_password": (("10 per minute", person),),
    "public.teammates_one": (("10 per minute;60 per hour", person),),
    "public.teammates_invite": (("10 per minute;60 per hour", person),),
    "public.vote": (("10 per minute;60 per hour", person), ("300 per minute", network)),
    "public.teammates_mine": (("20 per minute", person),),
    "public.share": (("10 per minute;60 per hour", network), ("5 per hour", address)),
    "public.forward": (("10 per minute;60 per hour", network),),
    "account.second_step": (("10 per minute;60 per hour", halfway),),
    "account.enter_by_passkey": (("60 per minute", network),),
    "account.authenticator": (("10 per minute", person),),
    "security.verify": (("10 per minute", person),),
    "signing.sign_post": (("10 per minute;60 per hour", person),),
    "public.forum_begin": (("10 per minute", person),),
    "public.forum_answer": (("10 per minute", person),),
    "public.forum_accuse": (("10 per minute;60 per hour", person),),
    "hooks.act": (("20 per minute;200 per hour", person),),
    "hooks.again": (("20 per minute;200 per hour", person),),
    "training.check_in": (("20 per minute", person),),
}
# What is looked up by a code that can be typed: wide enough for a school class at one address.
LOOKED_UP: Mapping[str, tuple[tuple[str, Callable[[], str]], ...]] = {
    "public.own_calendar": (("60 per minute", network),),
    "enter.leave": (("300 per minute", network),),
    "enter.back": (("300 per minute", network),),
    "public.award_certificate": (("60 per minute", network),),
    "public.award_certificate_statement": (("60 per minute", network),),
}


# Of a store that is shared: nobody waits longer at the door for a count, in seconds.
PATIENCE: Any = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
SPEND = "limits.spend"
TAKE = "limits.take"


def _one_try() -> None:
    pass


def _one_list() -> None:
    pass


def spend() -> None:
    """Count one try at a proof, at whatever door it is shown; raises `RateLimitExceeded`."""
    count = current_app.extensions.get(SPEND)
    if count is not None:
        count()


def take() -> None:
    """Count a list of persons that is taken along, by who takes it; raises `RateLimitExceeded`."""
    count = current_app.extensions.get(TAKE)
    if count is not None:
        count()


def install(app: Flask) -> None:
    """Put the limits onto their doors; `NO_RATE_LIMITS` leaves them off, `RATE_LIMIT_STORAGE` shares them."""
    settings: Settings = app.config["SETTINGS"]
    if not settings.rate_limits:
        return
    shared = settings.rate_limit_storage != "memory://"
    limiter = Limiter(
        network,
        app=app,
        storage_uri=settings.rate_limit_storage,
        storage_options=PATIENCE if shared else None,
        # Where the store is away each worker counts its own: never an error page, never without a limit.
        in_memory_fallback_enabled=shared,
    )
    for method, table in (("POST", LIMITS), ("GET", LOOKED_UP)):
        for endpoint, limits in table.items():
            view: Any = app.view_functions[endpoint]
            for value, key in limits:
                view = limiter.limit(value, key_func=key, methods=[method])(view)
            app.view_functions[endpoint] = view

    app.extensions[SPEND] = limiter.limit("10 per minute;60 per hour", key_func=person)(_one_try)

    app.extensions[TAKE] = limiter.limit("20 per minute;200 per hour", key_func=person)(_one_list)

    def exceeded(_error: RateLimitExceeded) -> ResponseReturnValue:
        g.refused = True
        hit = limiter.current_limit
        seconds = max(1, int(hit.reset_at - time.time())) if hit else 60
        text = gettext("Too many tries in a short time. Try again in %(span)s.", span=i18n.span(seconds))
        response = answer(429, "http_429", text)
        response.headers["Retry-After"] = str(seconds)
        return response

    app.register_error_handler(RateLimitExceeded, exceeded)
