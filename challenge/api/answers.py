"""How a door answers: reads with an ETag; writes in one transaction, a repeated one with the same answer."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from flask import Response, g, request
from sqlalchemy.orm import Session

from challenge.accounts.api_models import ApiAnswer, ApiToken
from challenge.api.doors import Door
from challenge.api.faults import KeyReused, MovedOn, OtherType, Unmatched, Unreadable
from challenge.base import clock
from challenge.base.db import begin_write, insert_into, writing

Act = Callable[[], Response]
MOST_KEY = 255
KEPT_FOR = dt.timedelta(days=1)
KEPT = ("Content-Type", "Location", "ETag")


def read(act: Act) -> Response:
    """A read: with the digest of what it says, and without it where the caller has just that."""
    response = act()
    if response.status_code == 200 and not response.is_streamed:
        if "ETag" not in response.headers:
            response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
        response.headers["Cache-Control"] = "private, no-cache"
        response.make_conditional(request)
    return response


def write(door: Door, act: Act) -> Response:
    """A write: one transaction with its effect and, under an `Idempotency-Key`, its answer."""
    body = request.get_data(cache=True)
    if body and request.mimetype != "application/json":
        raise OtherType("body_not_json")
    if door.matched and "If-Match" not in request.headers:
        raise Unmatched
    key = request.headers.get("Idempotency-Key") if door.method == "POST" else None
    if key is not None and not 0 < len(key) <= MOST_KEY:
        raise Unreadable("key_unreadable", most=MOST_KEY)
    with writing() as session:
        begin_write(session)
        token: ApiToken | None = g.get("api_token")
        if key is None or token is None:
            return act()
        claim = _claim(session, token.id, key, _digest(body))
        if claim is None:
            return _known(session, token.id, key, _digest(body))
        response = act()
        _keep(session, claim, response)
        return response


def _digest(body: bytes) -> str:
    asked = f"{request.method} {request.full_path}\n".encode()
    return hashlib.sha256(asked + body).hexdigest()


def _claim(session: Session, token_id: int, key: str, digest: str) -> int | None:
    """The row for the answer; None where there is one. Two at once: the second waits for the first."""
    values = {"token_id": token_id, "key": key, "request_digest": digest, "status": 0, "headers": {}}
    now = clock.now(session)
    values |= {"body": "", "created_at": now}
    old = (ApiAnswer.token_id == token_id, ApiAnswer.created_at < now - KEPT_FOR)
    session.execute(sa.delete(ApiAnswer).where(*old))
    row = insert_into(session, ApiAnswer).values(**values).on_conflict_do_nothing()
    made: int | None = session.scalar(row.returning(ApiAnswer.id))
    return made


def _known(session: Session, token_id: int, key: str, digest: str) -> Response:
    query = sa.select(ApiAnswer).where(ApiAnswer.token_id == token_id, ApiAnswer.key == key)
    found = session.scalars(query).one()
    if found.request_digest != digest:
        raise KeyReused
    g.action = None  # nothing is asked for anew: the answer was given, and is given again to whom it belongs
    response = Response(found.body, status=found.status, headers=found.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _keep(session: Session, claim: int, response: Response) -> None:
    headers = {name: response.headers[name] for name in KEPT if name in response.headers}
    values = {"status": response.status_code, "headers": headers, "body": response.get_data(as_text=True)}
    session.execute(sa.update(ApiAnswer).where(ApiAnswer.id == claim).values(**values))


def tag_of(state: object) -> str:
    """The ETag of a state that is told by a few values."""
    text = json.dumps(state, default=str, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def check_match(tag: str) -> None:
    """The caller has read this very state (`If-Match`); raises `MovedOn`. Ask it after the lock."""
    if not request.if_match.contains(tag) and not request.if_match.star_tag:
        raise MovedOn


def tagged(headers: Mapping[str, Any] | None, tag: str) -> dict[str, Any]:
    """Headers with this ETag."""
    return {**(headers or {}), "ETag": f'"{tag}"'}
