"""Pages of a list by key: an opaque, signed cursor, and the address of the next page in the `Link` header."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from challenge.api.faults import Unreadable
from challenge.rules.errors import Malformed

MOST = 100
USUAL = 50
Row = TypeVar("Row")
Page = tuple[dict[str, Any], int, dict[str, str]]


def key() -> Any:
    """Where the page that is asked for begins; None at the beginning. Raises `Unreadable`."""
    cursor = request.args.get("cursor")
    if not cursor:
        return None
    try:
        value = _signer().loads(cursor)
    except BadSignature:
        raise Unreadable("cursor_unknown") from None
    return (dt.datetime.fromisoformat(value[0]), value[1]) if isinstance(value, list) else value


def limit() -> int:
    """How many rows a page holds; the shape of the query has checked it."""
    text = request.args.get("limit", str(USUAL))
    if not text.isdecimal() or not 1 <= int(text[:6]) <= MOST:
        raise Malformed("limit_off", most=MOST)
    return int(text)


def of(rows: Sequence[Row], key_of: Callable[[Row], Any], many: int) -> Page:
    """A page of `many` rows out of those found, of which one more was asked for, and the way on."""
    return on(rows[:many], key_of(rows[many - 1]) if len(rows) > many else None)


def on(rows: Sequence[Any], last: Any) -> Page:
    """A page whose query knows itself where the next begins; None: nowhere."""
    if last is None:
        return {"items": list(rows), "next": None}, 200, {}
    address = _address(last)
    return {"items": list(rows), "next": address}, 200, {"Link": f'<{address}>; rel="next"'}


def whole(rows: Sequence[Any]) -> dict[str, Any]:
    """A list that is never longer than one page."""
    return {"items": list(rows), "next": None}


def _address(last: Any) -> str:
    value = [last[0].isoformat(), last[1]] if isinstance(last, tuple) else last
    asked = {name: text for name, text in request.args.items() if name != "cursor"}
    base = current_app.config["SETTINGS"].base_url
    return f"{base}{request.path}?{urlencode({**asked, 'cursor': _signer().dumps(value)})}"


def _signer() -> URLSafeSerializer:
    """A cursor belongs to one address: elsewhere it is unknown."""
    return URLSafeSerializer(str(current_app.secret_key), salt=f"cursor {request.path}")
