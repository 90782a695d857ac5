"""Looking on as somebody, at the door: the actor becomes that person, and pages alone are shown.

What the administrator sees is what the person sees, less what is never lent (`rules.looking`). Each page is
in the log before it is shown. Whatever is not a page (files, exports, data) stays shut: one takes nothing.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, Response, g, request, session
from sqlalchemy.orm import Session

from challenge.accounts import grants
from challenge.accounts.models import User
from challenge.base.db import fresh_session
from challenge.reports import looking
from challenge.reports.looking import Look
from challenge.rules.errors import NotAllowed
from challenge.rules.permissions import Actor

COOKIE = "look_on"
# The two ways out. Everything else that is sent is refused.
OUT = frozenset({"admin.look_off", "security.logout"})
# Pages of the person's own keeping: how they sign in, what they take along, what only their name opens.
SHUT = ("security.", "signing.", "api.")
SHUT_PATHS = re.compile(
    r"\.(csv|ics|json|jsonl|pdf|png|svg|xlsx|zip)$|/files?/|/documents?/|/data\b|/security\b|/tokens?\b|/mailbox\b"
)
# What a page is made of, rather than a page.
PARTS = frozenset({"static", "security.static", "public.brand"})


def actor_of(database: Session, user: User) -> Actor:
    """The actor of whoever is signed in: themselves, or the person they look on as while that lasts."""
    ref = session.get(COOKIE)
    if ref is not None and user.admin:
        look = looking.resume(database, user, str(ref))
        if look is not None:
            g.look = look
            return look.actor
    return grants.actor_of(database, user)


def now() -> Look | None:
    """The look that this request is part of; for the banner of every page."""
    found: Look | None = g.get("look")
    return found


def guard(endpoint: str) -> None:
    """Let a page pass, once it is in the log; raise `NotAllowed` for anything else."""
    look = now()
    if look is None or endpoint in PARTS or endpoint in OUT:
        return
    if request.method not in ("GET", "HEAD"):
        raise NotAllowed("look_only")
    if endpoint.startswith(SHUT) or SHUT_PATHS.search(request.path):
        raise NotAllowed("look_shut")
    g.read_only = True
    with fresh_session() as log:
        looking.note(log, look.id, request.path)


def install(app: Flask) -> None:
    """Keep back what is no page, whatever its address; tell templates who looks on."""

    @app.after_request
    def pages_alone(response: Response) -> Response:
        if now() is None or request.endpoint in PARTS | OUT or response.status_code >= 300:
            return response
        if response.mimetype == "text/html":
            response.headers["Cache-Control"] = "private, no-store"
            return response
        response.close()
        return Response(status=403)

    globals_: dict[str, Any] = {"look_now": now}
    app.jinja_env.globals.update(globals_)
