"""The reader's words for signs in a requirement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from challenge.files.services import Listed
from challenge.requirements import hints as signs
from challenge.requirements import identity
from challenge.requirements.content import Content
from challenge.requirements.hints import Hint
from challenge.requirements.models import Requirement

WORDS: Mapping[str, LazyString] = {
    "names_seeker": _("%(where)s names the seeker, who wants to be anonymous: “%(words)s”."),
    "contact": _("%(where)s holds an address or a number: “%(words)s”."),
    "names_person": _("%(where)s names the contact: “%(words)s”."),
    "address": _("%(where)s holds a postal address: “%(words)s”."),
    "registration_code": _("%(where)s holds a registration code: “%(words)s”."),
    "confidential_repeated": _("%(where)s repeats the confidential part: “%(words)s”."),
    "without_number": _("%(where)s is met or not: “%(words)s”. A number would say more."),
    "without_target": _("%(where)s has no number: “%(words)s”."),
    "without_unit": _("%(where)s has no unit: “%(words)s”."),
    "nothing_must": _("No indicator must be met; all are wishes."),
    "solution": _(
        "%(where)s names a way to solve it: “%(words)s”. Say what is wrong; solvers choose the way."
    ),
    "no_figure": _("%(where)s gives no figure: how often, how much, what it costs."),
    "budget_small": _("The budget is below 1,000. Is its unit right?"),
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
    "partners": _("The wished partners"),
    "ip_wish": _("The wish on intellectual property"),
    "keywords": _("A keyword"),
    "files": _("The name of a public file"),
    "region": _("The region"),
}


def of(
    session: Session, requirement: Requirement, content: Content, files: Sequence[Listed] = ()
) -> list[str]:
    """The signs in what a requirement says, in the reader's words (see `found`)."""
    return say_hints(found(session, requirement, content, files))


def found(
    session: Session, requirement: Requirement, content: Content, files: Sequence[Listed] = ()
) -> list[Hint]:
    """The signs in what a requirement says; its seeker must be loaded.

    What leads to an anonymous seeker is read only then (three statements).
    """
    traces = identity.traces_of(session, requirement, content) if content.anonymous else []
    return signs.hints(content, traces, [each.name for each in files])


def say_hints(found: Sequence[Hint]) -> list[str]:
    """Each sign as one sentence."""
    return [str(WORDS[each.code]) % {"where": place_of(each.where), "words": each.words} for each in found]


def place_of(where: str) -> str:
    """A piece of the public part by name: its field, or an indicator by its number."""
    kind, _space, number = where.partition(" ")
    if kind == "indicator":
        return gettext("Indicator %(number)s", number=number)
    return str(PLACES.get(where, where))
