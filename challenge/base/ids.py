"""Names that cannot be guessed and say nothing: references in addresses, tokens in links."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from flask import current_app

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/l/i: people read these aloud


def new_ref() -> str:
    """A random reference of 12 characters (59 bits) for use in an address."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def new_token() -> str:
    """A secret for a link in a mail; only its digest is stored."""
    return secrets.token_urlsafe(24)


def digest(token: str) -> str:
    """What is stored of a secret token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sealed(purpose: str, text: str) -> str:
    """A secret that only this installation can write, and can write again: no row has to keep it.

    HMAC-SHA256 under the installation's key, 43 characters that need no escaping in an address.
    """
    key = str(current_app.secret_key).encode()
    mark = hmac.new(key, f"{purpose}\n{text}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mark).decode().rstrip("=")
