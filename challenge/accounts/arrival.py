"""Cookies and sign-ins: whom a request's cookie names, and what a sign-in leaves behind."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Response, after_this_request, g, has_request_context, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security.utils import set_request_attr

from challenge.accounts import sign_ins
from challenge.accounts.factor_models import SignIn
from challenge.accounts.models import User
from challenge.accounts.sign_ins import Device
from challenge.base.db import db, writing
from challenge.base.ids import new_token
from challenge.base.session import renew_session

REMEMBER = "remember_token"  # Flask-Login's
DEVICE = "device"  # the cookie by which a browser is known again, whoever signs in
KEEP_DEVICE = 400 * 24 * 3600  # no browser keeps a cookie longer
LONGEST_MARK = 64


def install(app: Flask) -> None:
    """Put the loader and its listeners onto the app, in place of Flask-Security's loader."""
    app.login_manager.user_loader(_load)  # type: ignore[attr-defined]
    user_logged_in.connect(_arrived, app)
    user_logged_out.connect(_left, app)
    app.after_request(_note_use)


def current() -> SignIn | None:
    """The sign-in of this request; None where the cookie is from before sign-ins were kept."""
    found: SignIn | None = g.get("sign_in")
    return found


def _load(identity: str) -> User | None:
    found = sign_ins.loaded(db.session, str(identity)) if identity else None
    if found is None:
        return None
    person, g.sign_in = found
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return person


def _arrived(_sender: Flask, user: User, **_facts: Any) -> None:
    """A new session for whoever has just signed in, and its row; the view commits."""
    renew_session()
    if not has_request_context():
        return
    token, before = new_token(), current()
    instead = before if before is not None and before.user_id == user.id else None
    device = _device()
    g.sign_in = sign_ins.begin(db.session, user, token, device, g.get("signs_in_by", "password"), instead)
    session["_user_id"] = f"{user.fs_uniquifier}.{token}"

    @after_this_request
    def keep_device(response: Response) -> Response:
        secure = bool(request.is_secure)
        response.set_cookie(
            DEVICE, device.mark, max_age=KEEP_DEVICE, httponly=True, samesite="Lax", secure=secure
        )
        return response


def _left(_sender: Flask, **_facts: Any) -> None:
    """Signing out ends the sign-in too: a copy of its cookie is worth nothing any more."""
    sign_in = g.pop("sign_in", None)
    if sign_in is None:
        return
    with writing() as session:
        sign_ins.close(session, sign_in)


def rotate() -> None:
    """A new token for the sign-in of this request, once it may do more: one that leaked before may not."""
    sign_in = current()
    if sign_in is None:
        return
    token = new_token()
    with writing() as transaction:
        sign_ins.retoken(transaction, sign_in, token)
    session["_user_id"] = f"{session['_user_id'].partition('.')[0]}.{token}"
    if REMEMBER in request.cookies:
        session["_remember"] = "set"  # the lasting cookie is written anew with it


def _device() -> Device:
    mark = request.cookies.get(DEVICE, "")
    if not mark or len(mark) > LONGEST_MARK:
        mark = new_token()
    return Device(mark, request.user_agent.string, request.remote_addr or "")


def _note_use(response: Response) -> Response:
    """Once in a while, and never for a refusal: a page that is only read must not wait for a writer."""
    sign_in = g.get("sign_in")
    if sign_in is None or response.status_code >= 400 or sign_in.ended_at is not None:
        return response
    if time.time() - sign_in.seen_at.timestamp() > sign_ins.SEEN_EVERY.total_seconds():
        with writing() as session:
            sign_ins.seen(session, sign_in, _device())
    return response
