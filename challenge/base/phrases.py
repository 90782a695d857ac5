"""Words from the catalogue, quickly: the catalogue of the reader's language is looked up once, not per word.

Flask-Babel asks its context several times for every single word, which was half the time of a list of fifty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from babel.support import NullTranslations
from flask import current_app
from flask_babel import get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from challenge.base.i18n import reader

MOST_READY = 10_000  # phrases of a language; templates have fewer


@dataclass(frozen=True, slots=True)
class _Language:
    """A catalogue, and the whole phrases that templates have asked it for, ready to stand in a page."""

    catalog: NullTranslations
    ready: dict[tuple[str, bool], str] = field(default_factory=dict)


def _language() -> _Language:
    known: dict[str, _Language] = current_app.extensions.setdefault("phrases", {})
    locale = reader().locale
    language = known.get(locale)
    if language is None:
        language = known[locale] = _Language(get_translations())
    return language


def _catalog() -> NullTranslations:
    return _language().catalog


def gettext(text: str, **values: Any) -> str:
    """The text in the reader's language, with `%(name)s` filled in."""
    found: str = _catalog().gettext(text)
    return found % values if values else found


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The same for a number of things; `%(num)d` is the number."""
    found: str = _catalog().ngettext(one, many, num)
    return found % {"num": num, **values}


@pass_eval_context
def in_template(context: EvalContext, text: str, **values: Any) -> str:
    """`_` of templates: where they escape, what is filled in is escaped and the phrase itself is not."""
    language = _language()
    if values:
        return _phrase(language, context, text) % values
    key = (text, bool(context.autoescape))
    ready = language.ready.get(key)
    if ready is None:
        ready = _phrase(language, context, text) % {}
        if len(language.ready) < MOST_READY:
            language.ready[key] = ready
    return ready


def _phrase(language: _Language, context: EvalContext, text: str) -> str:
    found: str = language.catalog.gettext(text)
    return Markup(found) if context.autoescape else found  # noqa: S704  # nosec B704 - our own catalogue


@pass_eval_context
def number_in_template(context: EvalContext, one: str, many: str, num: int, **values: Any) -> str:
    """`ngettext` of templates."""
    found: str = _catalog().ngettext(one, many, num)
    if context.autoescape:
        found = Markup(found)  # noqa: S704  # nosec B704 - our own catalogue
    return found % {"num": num, **values}
