"""Words from the catalogue, quickly: the catalogue of the reader's language is looked up once, not per word.

Flask-Babel asks its context several times for every single word, which was half the time of a list of fifty.
"""

from __future__ import annotations

from typing import Any

from babel.support import NullTranslations
from flask import current_app
from flask_babel import get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from challenge.base.i18n import reader


def _catalog() -> NullTranslations:
    known: dict[str, NullTranslations] = current_app.extensions.setdefault("phrases", {})
    locale = reader().locale
    catalog = known.get(locale)
    if catalog is None:
        catalog = known[locale] = get_translations()
    return catalog


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
    found: str = _catalog().gettext(text)
    if context.autoescape:
        found = Markup(found)  # noqa: S704  # nosec B704 - our own catalogue
    return found % values


@pass_eval_context
def number_in_template(context: EvalContext, one: str, many: str, num: int, **values: Any) -> str:
    """`ngettext` of templates."""
    found: str = _catalog().ngettext(one, many, num)
    if context.autoescape:
        found = Markup(found)  # noqa: S704  # nosec B704 - our own catalogue
    return found % {"num": num, **values}
