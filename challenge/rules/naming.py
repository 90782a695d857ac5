"""Where a text that judges read says who wrote it: names of people, of their organizations, addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

SHORTEST_HAN, SHORTEST = 2, 3  # shorter names stand in too many texts by chance
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def found(names: Iterable[str], texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each key of a text with each name that stands in it, whatever the case; Latin names as whole words."""
    searched = {key: _plain(text) for key, text in texts.items()}
    known = {name.strip(): _plain(name) for name in names if _tells(name.strip())}
    return [
        (key, name)
        for key, text in searched.items()
        for name, plain in known.items()
        if plain in text and _stands(plain, text)
    ]


def _tells(name: str) -> bool:
    return len(name) >= (SHORTEST_HAN if _HAN.search(name) else SHORTEST)


def _stands(name: str, text: str) -> bool:
    if _HAN.search(name):
        return name in text
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words_in(value: Any) -> Iterator[str]:
    """Every text in a value of a form, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from words_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from words_in(each)
