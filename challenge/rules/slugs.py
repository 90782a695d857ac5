"""The last part of a readable address: lower-case ASCII words with hyphens."""

from __future__ import annotations

import re
import unicodedata

from challenge.rules.errors import Invalid

LONGEST = 60
SHORTEST = 2
_OTHER = re.compile(r"[^a-z0-9]+")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def slug_from(title: str | None) -> str:
    """A slug out of a title; empty where the title holds no Latin word."""
    plain = unicodedata.normalize("NFKD", title or "").encode("ascii", "ignore").decode().lower()
    slug = _OTHER.sub("-", plain).strip("-")[:LONGEST].strip("-")
    return slug if len(slug) >= SHORTEST else ""


def check_slug(field: str, slug: str) -> str:
    """The slug as typed, if it is one; raises `Invalid(field, "not_a_slug")`."""
    if not (SHORTEST <= len(slug) <= LONGEST and _SLUG.fullmatch(slug)):
        raise Invalid(field, "not_a_slug", longest=LONGEST)
    return slug
