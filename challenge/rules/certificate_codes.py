"""Codes of awards' certificates: drawn at random, read aloud, typed off a paper. Exact.

Ten letters of 31 (49 bits), so that nobody guesses one, and a check letter: 31 is a prime, so any one letter
that is wrong, and any two that are exchanged, are found without a look into the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0/O, 1/I/L: it is typed off a paper
DRAWN = 10
_APART = re.compile(r"[\s\-–—]")


def drawn(choice: Callable[[Sequence[str]], str]) -> str:
    """A new code; `choice` takes one of several at random (`secrets.choice`)."""
    letters = "".join(choice(LETTERS) for _ in range(DRAWN))
    return letters + _check(letters)


def read(text: str) -> str | None:
    """A code as people write it (blanks, hyphens, small letters); None where it can be none of ours."""
    plain = _APART.sub("", text).upper()
    if len(plain) != DRAWN + 1 or not set(plain) <= set(LETTERS):
        return None
    return plain if _check(plain[:-1]) == plain[-1] else None


def written(code: str) -> str:
    """The same in groups, as it stands on paper: `7K3M-9XQ2-PDH`."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _check(letters: str) -> str:
    total = sum(weight * LETTERS.index(letter) for weight, letter in enumerate(letters, start=2))
    return LETTERS[total % len(LETTERS)]
