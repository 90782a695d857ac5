"""What somebody typed against what is stored by now: changed here, unchanged, or changed on both sides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from challenge.rules.scales import read_score

Same = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Merged:
    """The fields to be written, and those that were changed elsewhere meanwhile, with what is stored."""

    changed: Mapping[str, str]
    contested: Mapping[str, str]


def merge(
    typed: Mapping[str, str],
    seen: Mapping[str, str],
    stored: Mapping[str, str],
    same_of: Callable[[str], Same],
) -> Merged:
    """Each field typed, against what its writer had `seen` there when beginning to type.

    A field that was not seen is written as it is. One typed back to what was seen is left alone, whatever
    it holds by now; one that holds something else than was seen and typed is contested.
    """
    changed: dict[str, str] = {}
    contested: dict[str, str] = {}
    for name, text in typed.items():
        before, now, same = seen.get(name), stored.get(name, ""), same_of(name)
        if before is None or (same(now, before) and not same(text, now)):
            changed[name] = text
        elif not same(text, before) and not same(text, now):
            contested[name] = now
    return Merged(changed, contested)


def same_score(one: str, other: str) -> bool:
    """Whether two spellings are the same score; two that are none at all, letter by letter."""
    read, against = read_score(one), read_score(other)
    return one.strip() == other.strip() if read is None or against is None else read == against


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same but for how their lines end, as browsers send them."""
    return one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
