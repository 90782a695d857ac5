"""The number of a request: in its answer, in every line of the log about it, and in the work that follows."""

from __future__ import annotations

import re
import secrets

import structlog
from flask import Flask, Response, g, has_request_context, request

HEADER = "X-Request-ID"
NAME = "request_id"
_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def install(app: Flask, *, believe: bool) -> None:
    """Give each request a number; a proxy's own is taken over where we `believe` what proxies say."""

    @app.before_request
    def number() -> None:
        said = request.headers.get(HEADER, "")
        g.request_id = said if believe and _SANE.fullmatch(said) else secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(**{NAME: g.request_id})

    @app.after_request
    def tell(response: Response) -> Response:
        if NAME in g:
            response.headers[HEADER] = g.request_id
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        structlog.contextvars.clear_contextvars()


def current() -> str | None:
    """The number of the request that this is about: of this one, or of the one that led to this work."""
    if has_request_context() and NAME in g:
        return str(g.request_id)
    found = structlog.contextvars.get_contextvars().get(NAME)
    return str(found) if found is not None else None
