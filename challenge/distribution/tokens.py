"""Signed links: whoever holds one may answer, or end the letters, without an account. No row keeps them."""

from __future__ import annotations

import hmac

from challenge.base import ids
from challenge.rules.errors import NotFound

ANSWER, LEAVE = "posting", "unsubscribe"


def write(purpose: str, ref: str) -> str:
    """The secret part of a link about this thing: its reference and our mark on it."""
    return f"{ref}.{ids.sealed(purpose, ref)}"


def read(purpose: str, token: str) -> str:
    """The reference in a link; raises NotFound `link_altered` where the mark is not ours."""
    ref, _, mark = token.partition(".")
    if not hmac.compare_digest(mark.encode(), ids.sealed(purpose, ref).encode()):
        raise NotFound("link_altered")
    return ref
