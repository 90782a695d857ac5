"""From a login to an Actor: who asks, built once a request by the loader that the app hands in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, g, has_request_context, session
from flask_login import current_user
from sqlalchemy.orm import Session

from challenge.base.db import db
from challenge.rules.permissions import Actor

ActorLoader = Callable[[Session, Any], Actor]

COME_BACK = "come_back"  # the page that a visitor wanted before signing in
# What says who is signed in (Flask-Login, Flask-Security), and what is still to be said to them.
_KEPT = (
    "_user_id",
    "_fresh",
    "_id",
    "_remember",
    "_remember_seconds",
    "_flashes",
    "fs_cc",
    "fs_paa",
    "identity.",
)


def actor() -> Actor:
    """The actor of this request, built once; a fresh anonymous one without a login."""
    if "actor" not in g:
        g.actor = _build() if has_request_context() else Actor()
    known: Actor = g.actor
    return known


def forget_actor() -> None:
    """Build the actor anew at the next call: after signing in or out, or when a grant was given."""
    asked = g.actor.asked if "actor" in g else set()
    g.pop("actor", None)
    actor().asked.update(asked)


def renew_session() -> None:
    """Begin a new session for the person who is signed in: nothing that was laid into the old one stays."""
    for name in [name for name in session if not name.startswith(_KEPT)]:
        session.pop(name)
    g.pop("csrf_token", None)


def _build() -> Actor:
    # No session cookie, no user: public pages of visitors cost no statement here.
    if not current_user.is_authenticated:
        return Actor()
    loader: ActorLoader = current_app.config["ACTOR_LOADER"]
    return loader(db.session, current_user._get_current_object())
