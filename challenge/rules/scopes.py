"""What a token of the API can be made for: areas of work, each to read or to write."""

from __future__ import annotations

from collections.abc import Sequence

AREAS = ("account", "entries", "needs", "judging", "rounds", "brokering", "administration", "audit")
# What a token of an organization may be made for: what its representatives do for it, and nothing else.
FOR_ORGANIZATIONS = ("needs",)
# Where no door changes anything.
ONLY_READ = ("brokering", "administration", "audit")
READ, WRITE = "read", "write"


def scopes(areas: Sequence[str] = AREAS) -> list[str]:
    """Everything that a token for these areas can be made for."""
    verbs = {area: (READ,) if area in ONLY_READ else (READ, WRITE) for area in areas}
    return [f"{area}:{verb}" for area in areas for verb in verbs[area]]
