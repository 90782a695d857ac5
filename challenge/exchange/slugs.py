"""Names for addresses out of titles."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_OTHER = re.compile(r"[^a-z0-9]+")
LONGEST = 60


def slug_of(title: str, *more: str) -> str:
    """Lower-case ASCII words with hyphens; a title without any (Chinese) gives a short digest of itself."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = _OTHER.sub("-", plain).strip("-")[:LONGEST].strip("-")
    if not words:
        words = "r-" + hashlib.sha256(title.encode()).hexdigest()[:8]
    return "-".join([words, *(_OTHER.sub("-", each.lower()).strip("-") for each in more)])
