"""The texts of agreements: which fields a template may name, and how they are filled in.

A field is a name in braces, as in {seeker}. There is this one list of them: nothing else in braces means
anything, nothing is evaluated, and what stands in a field is never read for fields again. A line that names a
field without a value is left out: one text serves agreements with an agency and without.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from challenge.rules.agreements import Terms
from challenge.rules.money import amount_text, minor_digits

FIELDS = (
    *("seeker", "solver", "agency", "title", "need", "total", "royalty"),
    *("starts_on", "ends_on", "confidential_months"),
)
LANGS = ("zh", "en")
_FIELD = re.compile(r"\{([^{}\n]{0,60})\}")
_GAP = re.compile(r"\n{3,}")  # where a paragraph was left out
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def unknown(text: str) -> tuple[str, ...]:
    """The fields of a text that there are not, each once, in its order."""
    return tuple(dict.fromkeys(name for name in _FIELD.findall(text) if name not in FIELDS))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields' values; lines that name a field without one are left out."""
    kept = []
    for line in text.split("\n"):
        named = [name for name in _FIELD.findall(line) if name in FIELDS]
        if all(values.get(name) for name in named):
            kept.append(_FIELD.sub(lambda found: _value(found, values), line))
    return _GAP.sub("\n\n", "\n".join(kept))


def values_of(terms: Terms) -> dict[str, str]:
    """What each field says for these terms, in the language of the agreement; empty where it says nothing."""
    sides = {each.side: each.name.strip() for each in terms.parties}
    return {
        **{side: sides.get(side, "") for side in ("seeker", "solver", "agency")},
        "title": terms.title.strip(),
        "need": terms.extra.get("need", ""),
        "total": "" if terms.total_minor is None else sum_text(terms.total_minor, terms.currency, terms.lang),
        "royalty": terms.royalty.strip() if terms.payment == "royalty" else "",
        "starts_on": day_text(terms.starts_on, terms.lang),
        "ends_on": day_text(terms.ends_on, terms.lang),
        "confidential_months": str(terms.confidential_months or ""),
    }


def sum_text(minor: int, currency: str, lang: str) -> str:
    """A sum as a contract writes it: 'CNY 600,000.00', '人民币 600,000.00 元'."""
    digits = minor_digits(currency)
    whole, _point, part = amount_text(minor, "yuan", digits).partition(".")
    figure = f"{int(whole):,}" + (f".{part.ljust(digits, '0')}" if digits else "")
    return f"人民币 {figure} 元" if (lang, currency) == ("zh", "CNY") else f"{currency} {figure}"


def day_text(day: dt.date | None, lang: str) -> str:
    """A day written out: '4 December 2026', '2026年12月4日'."""
    if day is None:
        return ""
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    name = found[1]
    return values[name] if name in FIELDS else found[0]
