"""The drawn order of a final: made from a seed whose digest was published before, redone by anyone.

The order of the entries is that of SHA-256 over three lines: the seed, the word said at the draw, the code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

FORMAT = "challenge-draw-1"
LONGEST_WORD = 100


def digest_of(seed: str) -> str:
    """What is published of a seed before the draw: SHA-256 of its characters, in hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def key_of(seed: str, word: str, code: str) -> str:
    """By which an entry is placed: SHA-256 of seed, word and code, each on a line of its own, in hex."""
    return hashlib.sha256(f"{seed}\n{word}\n{code}".encode()).hexdigest()


def order(seed: str, word: str, codes: Collection[str]) -> list[str]:
    """The codes in the drawn order; the same for everyone who has seed, word and codes."""
    return sorted(codes, key=lambda code: (key_of(seed, word, code), code))


def faults(said: Mapping[str, Any], noted: str | None = None) -> list[str]:
    """What does not hold in the published file of a draw; `noted` is a digest that somebody kept from before.

    Codes: not_a_draw, not_drawn, noted_differs, digest_differs, order_differs.
    """
    texts = [said.get(name) for name in ("digest", "seed", "word")]
    lists = [said.get(name) for name in ("codes", "order")]
    if said.get("format") != FORMAT or not isinstance(texts[0], str):
        return ["not_a_draw"]
    if not all(isinstance(each, list) and all(isinstance(code, str) for code in each) for each in lists):
        return ["not_a_draw"]
    found = ["noted_differs"] if noted is not None and noted.strip().lower() != texts[0] else []
    digest, seed, word = texts
    if not isinstance(seed, str) or not isinstance(word, str):
        return [*found, "not_drawn"]
    if digest_of(seed) != digest:
        found.append("digest_differs")
    if order(seed, word, lists[0] or []) != lists[1]:
        found.append("order_differs")
    return found
