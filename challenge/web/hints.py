"""The reader's words for signs in a requirement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.requirements.hints import Hint

WORDS: Mapping[str, LazyString] = {
    "names_seeker": _("%(where)s names the seeker, who wants to be anonymous: “%(words)s”."),
    "contact": _("%(where)s holds an address or a number: “%(words)s”."),
    "confidential_repeated": _("%(where)s repeats the confidential part: “%(words)s”."),
    "without_number": _("%(where)s is met or not: “%(words)s”. A number would say more."),
    "without_unit": _("%(where)s has no unit: “%(words)s”."),
    "nothing_must": _("No indicator must be met; all are wishes."),
    "vague": _("%(where)s promises what nobody can measure: “%(words)s”."),
    "one_language_only": _("%(where)s is missing. Readers of that language see the other one."),
    "budget_open": _("No budget is given."),
}
PLACES: Mapping[str, LazyString] = {
    "title_zh": _("The Chinese title"),
    "title_en": _("The English title"),
    "summary_zh": _("The Chinese summary"),
    "summary_en": _("The English summary"),
    "problem_zh": _("The problem in Chinese"),
    "problem_en": _("The problem in English"),
    "goals": _("The goals"),
    "ip_wish": _("The wish on intellectual property"),
    "keywords": _("A keyword"),
    "files": _("The name of a public file"),
}


def say_hints(found: Sequence[Hint]) -> list[str]:
    """Each sign as one sentence."""
    return [str(WORDS[each.code]) % {"where": _place(each.where), "words": each.words} for each in found]


def _place(where: str) -> str:
    kind, _space, number = where.partition(" ")
    if kind == "indicator":
        return gettext("Indicator %(number)s", number=number)
    return str(PLACES.get(where, where))
