"""Asking a browser for a passkey: the challenge lies in the session, and counts once, for a few minutes."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, session
from sqlalchemy.orm import Session

from challenge.accounts import passkeys
from challenge.accounts.passkeys import Site
from challenge.base.session import actor
from challenge.rules.errors import Invalid
from config import Settings

KEPT = "passkey"
PATIENCE = 300.0


def site() -> Site:
    """This site as a browser knows it. In production that of the settings, whatever a request says."""
    settings: Settings = current_app.config["SETTINGS"]
    origin = settings.base_url if settings.mode == "prod" else request.host_url.rstrip("/")
    return Site(urlsplit(origin).hostname or "", origin)


def to_show(known: list[str] | None = None) -> str:
    """For a page: what its script asks the browser for."""
    return json.dumps(passkeys.to_show(site(), _begun(), known))


def to_make(database: Session) -> str:
    """The same for a new key of whoever is signed in."""
    return json.dumps(passkeys.to_make(database, actor(), site(), _begun()))


def challenge() -> str:
    """The challenge of the page that was answered; asked for twice, there is none. Raises Invalid."""
    kept: Any = session.pop(KEPT, None)
    if not kept or time.time() - kept["at"] > PATIENCE:
        raise Invalid("passkey", "passkey_late")
    return str(kept["challenge"])


def _begun() -> str:
    made = passkeys.new_challenge()
    session[KEPT] = {"challenge": made, "at": time.time()}
    return made
