"""What is wrong with a requirement's content: by field, for a draft leniently, for handing in strictly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from challenge.accounts import addresses
from challenge.requirements.content import MOST_INDICATORS, Content, IndicatorRow, number_text
from challenge.requirements.models import COMPARISONS, FIELDS, MODES
from challenge.rules import industries, regions
from challenge.rules.errors import Invalid
from challenge.rules.money import Sum
from challenge.rules.stages import Window

# Most characters of each text once it is handed in. A draft may be longer: nothing typed is thrown away.
MOST = {
    "title_zh": 100,
    "title_en": 100,
    "summary_zh": 300,
    "summary_en": 300,
    "problem_zh": 1000,
    "problem_en": 1000,
    "goals": 500,
    "confidential_part": 2000,
    "region": 100,
    "partners": 300,
    "ip_wish": 200,
    "contact_name": 60,
    "contact_phone": 40,
    "contact_email": 255,
}
DRAFT_TEXT = 20_000
MOST_KEYWORDS, KEYWORD_LENGTH = 5, 30
ROW_MOST = {"name_zh": 200, "name_en": 200, "unit": 30, "target": 30}
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def of_draft(content: Content, ceiling_minor: int) -> list[Invalid]:
    """Faults that even a draft cannot have: what no later page could show, or a sum that is surely a slip."""
    faults = [
        Invalid(name, "too_long", most=DRAFT_TEXT, length=len(getattr(content, name)))
        for name in MOST
        if len(getattr(content, name)) > DRAFT_TEXT
    ]
    if content.field and content.field not in FIELDS:
        faults.append(Invalid("field", "not_a_choice"))
    if set(content.modes) - set(MODES):
        faults.append(Invalid("modes", "not_a_choice"))
    if content.industry and industries.names_of(content.industry) is None:
        faults.append(Invalid("industry", "not_a_choice"))
    faults += _period(content)
    faults += _budget(content, ceiling_minor)
    if len(content.indicators) > MOST_INDICATORS:
        faults.append(Invalid("indicators", "too_many_rows", most=MOST_INDICATORS))
    for place, row in enumerate(content.indicators):
        faults += _row_shape(row, f"indicators-{place}")
    return faults


def of_submission(content: Content, ceiling_minor: int, submission: Window | None) -> list[Invalid]:
    """Every fault that keeps a requirement from being handed in, in the order of the form."""
    return [
        *_titles(content),
        *(
            Invalid(name, "too_long", most=most, length=len(getattr(content, name)))
            for name, most in MOST.items()
            if len(getattr(content, name)) > most
        ),
        *_choices(content),
        *_period(content),
        *_contact(content),
        *_budget(content, ceiling_minor),
        *_indicators(content),
        *_close(content, submission),
    ]


def _titles(content: Content) -> Iterator[Invalid]:
    if not (content.title_zh or content.title_en):
        yield Invalid("title_zh", "one_language")
    if not (content.problem_zh or content.problem_en):
        yield Invalid("problem_zh", "one_language")


def _period(content: Content) -> Iterator[Invalid]:
    if content.starts_on and content.ends_on and content.ends_on < content.starts_on:
        yield Invalid("ends_on", "ends_before_start")


def _contact(content: Content) -> Iterator[Invalid]:
    if content.contact_phone and not 5 <= sum(map(str.isdigit, content.contact_phone)) <= 20:
        yield Invalid("contact_phone", "not_a_phone")
    if content.contact_email:
        try:
            addresses.normal("contact_email", content.contact_email)
        except Invalid as fault:
            yield fault


def _choices(content: Content) -> Iterator[Invalid]:
    if content.field not in FIELDS:
        yield Invalid("field", "required")
    if content.region and not regions.known(content.region):
        yield Invalid("region", "region_unknown")
    if not 1 <= len(content.keywords) <= MOST_KEYWORDS:
        yield Invalid("keywords", "keywords_count", most=MOST_KEYWORDS, count=len(content.keywords))
    elif any(len(word) > KEYWORD_LENGTH for word in content.keywords):
        yield Invalid("keywords", "keyword_long", most=KEYWORD_LENGTH)
    if not content.modes or set(content.modes) - set(MODES):
        yield Invalid("modes", "choose_one")


def _budget(content: Content, ceiling_minor: int) -> Iterator[Invalid]:
    low, high = content.budget_min_minor, content.budget_max_minor
    above = [
        _above(name, value, content, ceiling_minor)
        for name, value in (("budget_min", low), ("budget_max", high))
        if value is not None and value > ceiling_minor
    ]
    yield from above
    if not above and low is not None and high is not None and low > high:
        yield Invalid("budget_max", "min_above_max")


def _above(name: str, minor: int, content: Content, ceiling_minor: int) -> Invalid:
    given, ceiling = Sum(minor, content.currency), Sum(ceiling_minor, content.currency)
    meant = minor // 10_000
    # 60000 in a field of 万元 is nearly always 60,000 元.
    if content.typed_in == "wan" and 0 < meant <= ceiling_minor:
        return Invalid(name, "above_ceiling_meant", given=given, meant=Sum(meant, content.currency))
    return Invalid(name, "above_ceiling", given=given, ceiling=ceiling)


def _indicators(content: Content) -> Iterator[Invalid]:
    filled = [(place, row) for place, row in enumerate(content.indicators) if not row.empty]
    if not filled:
        yield Invalid("indicators", "needs_indicator")
    if len(filled) > MOST_INDICATORS:
        yield Invalid("indicators", "too_many_rows", most=MOST_INDICATORS)
    for place, row in filled:
        if not (row.name_zh or row.name_en):
            yield Invalid(f"indicators-{place}-name_zh", "required")
        yield from _row_shape(row, f"indicators-{place}")
        if row.comparison != "yes" and not _NUMBER.fullmatch(number_text(row.target)):
            code = "target_needs_number" if row.target else "target_missing"
            yield Invalid(f"indicators-{place}-target", code)


def _row_shape(row: IndicatorRow, where: str) -> Iterator[Invalid]:
    for name, most in ROW_MOST.items():
        if len(getattr(row, name)) > most:
            yield Invalid(f"{where}-{name}", "too_long", most=most, length=len(getattr(row, name)))
    if row.comparison not in COMPARISONS:
        yield Invalid(f"{where}-comparison", "not_a_choice")
    if row.level not in ("must", "should"):
        yield Invalid(f"{where}-level", "not_a_choice")


def _close(content: Content, submission: Window | None) -> Iterator[Invalid]:
    if content.closes_at is None:
        return
    if submission is None or submission.opens_at is None or submission.closes_at is None:
        yield Invalid("closes_at", "no_submission_window")
    elif not submission.opens_at < content.closes_at <= submission.closes_at:
        yield Invalid("closes_at", "outside_window", opens=submission.opens_at, closes=submission.closes_at)
