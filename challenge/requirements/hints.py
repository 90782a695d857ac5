"""What a screener should look at before publishing: signs, not faults; a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from challenge.requirements.content import Content

# Words that promise and cannot be checked.
VAGUE = re.compile(
    r"先进|高效|显著|大幅|较好|良好|优异|尽可能|尽量|领先水平|国际领先|国内领先|一定程度|进一步提[高升]|等等"
    r"|\b(?:advanced|efficient|significant(?:ly)?|state[- ]of[- ]the[- ]art|world[- ]class|cutting[- ]edge"
    r"|as (?:far|much|soon) as possible|user[- ]friendly|robust|seamless|etc)\b",
    re.IGNORECASE,
)
CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+|https?://\S+|\bwww\.\S+"
    r"|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)"
)
# What is left of an organization's name without these still names it.
_FORMS = re.compile(
    r"(股份|有限|责任|公司|集团|研究院|研究所|大学|学院|中心)+$|[\s,.]*\b(co|ltd|inc|corp|gmbh|llc|plc|group)\b\.?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[。！？!?;；\n]+|\.(?=\s|$)")
SAME_LENGTH = 12  # a confidential sentence from this length on is looked for in the public part
PUBLIC_TEXTS = (
    *("title_zh", "title_en", "summary_zh", "summary_en", "problem_zh", "problem_en"),
    *("goals", "ip_wish"),
)


@dataclass(frozen=True, slots=True)
class Hint:
    """One sign: its code, the field or row it is in, and the words that gave it."""

    code: str
    where: str
    words: str = ""


def hints(content: Content, names: Sequence[str], files: Sequence[str] = ()) -> list[Hint]:
    """Signs in a requirement; `names` would give its seeker away, `files` are names that everyone reads."""
    return [
        *_leaks(content, names, files),
        *_indicators(content),
        *_vague(content),
        *_languages(content),
    ]


def names_of(name: str, name_en: str | None, people: Sequence[str]) -> list[str]:
    """By what an organization is known: its names, also without their legal form, and its people's."""
    full = [name, *([name_en] if name_en else [])]
    short = [_FORMS.sub("", each).strip() for each in full]
    return sorted({each for each in (*full, *short, *people) if len(each) > 1}, key=len, reverse=True)


def _texts(content: Content) -> Iterator[tuple[str, str]]:
    for name in PUBLIC_TEXTS:
        yield name, getattr(content, name)
    for word in content.keywords:
        yield "keywords", word
    for place, row in enumerate(content.indicators, start=1):
        yield f"indicator {place}", f"{row.name_zh} {row.name_en}"


def _leaks(content: Content, names: Sequence[str], files: Sequence[str]) -> Iterator[Hint]:
    secrets = [part.strip() for part in _SENTENCE.split(content.confidential_part)]
    for where, text in (*_texts(content), *(("files", name) for name in files)):
        lowered = text.lower()
        if content.anonymous:
            found = next((name for name in names if name.lower() in lowered), None)
            if found:
                yield Hint("names_seeker", where, found)
        contact = CONTACT.search(text)
        if contact:
            yield Hint("contact", where, contact[0])
        for secret in secrets:
            if len(secret) >= SAME_LENGTH and secret.lower() in lowered:
                yield Hint("confidential_repeated", where, secret[:60])


def _indicators(content: Content) -> Iterator[Hint]:
    for place, row in enumerate(content.indicators, start=1):
        where = f"indicator {place}"
        if row.comparison == "yes":
            yield Hint("without_number", where, row.name_zh or row.name_en)
        elif not row.unit:
            yield Hint("without_unit", where, row.name_zh or row.name_en)
    if content.indicators and all(row.level == "should" for row in content.indicators):
        yield Hint("nothing_must", "indicators")


def _vague(content: Content) -> Iterator[Hint]:
    for where, text in _texts(content):
        words = list(dict.fromkeys(match[0] for match in VAGUE.finditer(text)))
        if words:
            yield Hint("vague", where, ", ".join(words[:5]))


def _languages(content: Content) -> Iterator[Hint]:
    for name in ("title", "problem"):
        for language in ("zh", "en"):
            if not getattr(content, f"{name}_{language}"):
                yield Hint("one_language_only", f"{name}_{language}")
    if content.budget_min_minor is None and content.budget_max_minor is None:
        yield Hint("budget_open", "budget_max")
