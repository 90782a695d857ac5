"""Links in letters: always below the installation's own public address, never below a request's host."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

# Whoever holds such a link may act: a letter that was sent keeps no copy of it.
_SECRET = re.compile(
    r"(/(?:invitations|confirm-address|sign-in/letter|reset-password|searches/stop|messages/stop|answers"
    r"|unsubscribe)/)[^\s\"<>]+"
)


def link(endpoint: str, **values: Any) -> str:
    """The public address of a page of ours."""
    base = urlsplit(home())
    adapter = current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


def home() -> str:
    """The installation's public address."""
    return str(current_app.config["SETTINGS"].base_url)


def host() -> str:
    """Its host alone: the right side of our message ids."""
    return urlsplit(home()).hostname or "localhost"


def without_secrets(text: str) -> str:
    """The text with its secret links cut short."""
    return _SECRET.sub(r"\1…", text)


def way(address: str) -> str | None:
    """The path of an address of ours that everybody may see; None for any other."""
    start = home().rstrip("/")
    if not address.startswith(f"{start}/") or without_secrets(address) != address:
        return None
    return address.removeprefix(start)
