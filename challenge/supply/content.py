"""What an owner writes about an achievement, as one plain value, and what is wrong with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, replace

from challenge.requirements.models import FIELDS, MODES
from challenge.rules.errors import Invalid
from challenge.rules.regions import PROVINCES
from challenge.rules.supply import IP_STATES, LEVELS
from challenge.supply.models import Achievement

MOST = {"title_zh": 100, "title_en": 100, "summary_zh": 1000, "summary_en": 1000, "detail": 5000}
DRAFT_TEXT = 20_000
MOST_KEYWORDS, KEYWORD_LENGTH = 10, 30
MOST_PRICE = 100_000_000_000_000  # 1 万亿元, in minor units
_NULLABLE = ("title_zh", "title_en", "summary_zh", "summary_en", "field", "ip_status", "region")


@dataclass(frozen=True, slots=True)
class Content:
    """Everything of an achievement that its owner writes. Texts are '' and figures None where nothing was."""

    title_zh: str = ""
    title_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    detail: str = ""
    field: str = ""
    keywords: tuple[str, ...] = ()
    trl: int | None = None
    ip_status: str = ""
    modes: tuple[str, ...] = ()
    price_minor: int | None = None  # none: on request
    currency: str = "CNY"
    region: str = ""

    def tidied(self) -> Content:
        """The same without blanks around texts."""
        texts = {
            each.name: value.strip()
            for each in dataclasses.fields(self)
            if isinstance(value := getattr(self, each.name), str)
        }
        return replace(self, **texts)  # type: ignore[arg-type]


def write(achievement: Achievement, content: Content) -> None:
    """Put tidied content into the row."""
    for each in dataclasses.fields(content):
        value = getattr(content, each.name)
        if each.name in _NULLABLE:
            value = value or None
        setattr(achievement, each.name, list(value) if isinstance(value, tuple) else value)


def read(achievement: Achievement, detail: str) -> Content:
    """The row as content; the confidential detail comes by its own query."""
    texts = {name: getattr(achievement, name) or "" for name in _NULLABLE}
    return Content(
        **texts,
        detail=detail,
        keywords=tuple(achievement.keywords),
        trl=achievement.trl,
        modes=tuple(achievement.modes),
        price_minor=achievement.price_minor,
        currency=achievement.currency,
    )


def faults_of_draft(content: Content) -> list[Invalid]:
    """What even a draft cannot have."""
    faults = [
        Invalid(name, "too_long", most=DRAFT_TEXT, length=len(getattr(content, name)))
        for name in MOST
        if len(getattr(content, name)) > DRAFT_TEXT
    ]
    return [*faults, *_codes(content)]


def faults(content: Content) -> list[Invalid]:
    """Every fault that keeps it from being published, in the order of the form."""
    return [*_texts(content), *_codes(content), *_missing(content)]


def _texts(content: Content) -> Iterator[Invalid]:
    if not (content.title_zh or content.title_en):
        yield Invalid("title_zh", "one_language")
    if not (content.summary_zh or content.summary_en):
        yield Invalid("summary_zh", "one_language")
    for name, most in MOST.items():
        length = len(getattr(content, name))
        if length > most:
            yield Invalid(name, "too_long", most=most, length=length)


def _codes(content: Content) -> Iterator[Invalid]:
    for name, value, known in (
        ("field", content.field, FIELDS),
        ("ip_status", content.ip_status, IP_STATES),
        ("region", content.region, PROVINCES),
    ):
        if value and value not in known:
            yield Invalid(name, "not_a_choice")
    if set(content.modes) - set(MODES):
        yield Invalid("modes", "not_a_choice")
    if content.trl is not None and content.trl not in LEVELS:
        yield Invalid("trl", "not_a_choice")
    if content.price_minor is not None and not 0 <= content.price_minor <= MOST_PRICE:
        yield Invalid("price", "amount_too_large")


def _missing(content: Content) -> Iterator[Invalid]:
    if not content.field:
        yield Invalid("field", "required")
    if content.trl is None:
        yield Invalid("trl", "required")
    if not 1 <= len(content.keywords) <= MOST_KEYWORDS:
        yield Invalid("keywords", "keywords_count", most=MOST_KEYWORDS, count=len(content.keywords))
    elif any(len(word) > KEYWORD_LENGTH for word in content.keywords):
        yield Invalid("keywords", "keyword_long", most=KEYWORD_LENGTH)
    if not content.modes:
        yield Invalid("modes", "choose_one")
