"""Where a page may send its reader back to: a path of ours, never another place."""

from __future__ import annotations

from urllib.parse import urlsplit


def relative(text: str | None, otherwise: str = "/") -> str:
    """`text` where it is a path on this site (with its query), else `otherwise`.

    Browsers read a backslash as a slash and drop control characters, so a path with either is refused.
    """
    if not text or not text.startswith("/") or text.startswith("//"):
        return otherwise
    if "\\" in text or any(ord(character) <= 32 or ord(character) == 127 for character in text):
        return otherwise
    parts = urlsplit(text)
    return otherwise if parts.scheme or parts.netloc else text
