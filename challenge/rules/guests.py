"""People to invite: what a line of a list says of each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from challenge.rules.errors import Invalid

FIELDS = ("email", "name", "keywords", "capacity", "languages")
MOST_KEYWORDS, KEYWORD, NAME = 20, 60, 100
LANGUAGES = {
    **dict.fromkeys(("zh", "cn", "chinese", "中文", "汉语"), "zh"),
    **dict.fromkeys(("en", "english", "英文", "英语"), "en"),
}
_BETWEEN = re.compile(r"[,，、/|\s]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty, with its number in the file (from 1) and its fields as they were typed."""

    number: int
    email: str
    name: str = ""
    keywords: str = ""
    capacity: str = ""
    languages: str = ""


def keywords_of(field: str, text: str) -> list[str]:
    """Keywords as they were typed, each once; raises `Invalid(field, ...)`."""
    words = list(dict.fromkeys(word.strip() for word in re.split(r"[,，、;；\n|]", text) if word.strip()))
    if len(words) > MOST_KEYWORDS:
        raise Invalid(field, "too_many_keywords", most=MOST_KEYWORDS)
    long = next((word for word in words if len(word) > KEYWORD), None)
    if long is not None:
        raise Invalid(field, "too_long", length=len(long), most=KEYWORD)
    return words


def languages_of(field: str, text: str) -> list[str]:
    """The codes zh and en as they were typed; raises `Invalid(field, "not_a_language")`."""
    said = [word.strip().casefold() for word in _BETWEEN.split(text) if word.strip()]
    if any(word not in LANGUAGES for word in said):
        raise Invalid(field, "not_a_language")
    return sorted({LANGUAGES[word] for word in said}, reverse=True)
