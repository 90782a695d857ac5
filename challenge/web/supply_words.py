"""Words about what is on offer: levels, IP, availability, and refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n

# Technology readiness levels of GB/T 22900, each by what is there at it.
LEVEL_NAMES: Mapping[int, LazyString] = {
    1: _("Basic principles observed and reported"),
    2: _("Technology concept or application formulated"),
    3: _("Key functions proven in analysis and experiment"),
    4: _("Validated in a laboratory"),
    5: _("Validated in a relevant environment"),
    6: _("Demonstrated in a relevant environment"),
    7: _("Prototype demonstrated in operation"),
    8: _("Complete system qualified by test"),
    9: _("Proven in actual use"),
}
IP_NAMES: Mapping[str, LazyString] = {
    "patent_granted": _("Patent granted"),
    "patent_pending": _("Patent applied for"),
    "know_how": _("Know-how"),
    "software": _("Software copyright"),
    "variety": _("Plant variety or design right"),
    "other": _("Other right"),
    "none": _("No right registered"),
}
AVAILABILITY_NAMES: Mapping[str, LazyString] = {
    "open": _("Open to requests"),
    "limited": _("Little time"),
    "none": _("Not available now"),
}
LANGUAGE_NAMES: Mapping[str, LazyString] = {"zh": _("Chinese"), "en": _("English")}


def languages(codes: Sequence[str]) -> str:
    """Languages of a person, listed."""
    return i18n.listed(LANGUAGE_NAMES[code] for code in codes if code in LANGUAGE_NAMES)


WORDS: Mapping[str, LazyString] = {
    "too_many_openings": _("It is open to %(most)s addresses already. Take one away first."),
    "no_publications": _("No publication with a title was found in this file."),
    "too_many_publications": _("More than %(most)s publications. Send fewer."),
    "not_a_bibliography": _("This is neither BibTeX nor the JSON of works that ORCID gives."),
    "not_utf8": _("This file is not UTF-8. Save it as UTF-8 and send it again."),
    "nothing_to_search": _("Search for something first."),
    "too_many_searches": _("You keep %(most)s searches already. Remove one first."),
    "too_many_follows": _("You follow %(most)s things already. Stop following some first."),
    "no_rows": _("No row is filled in."),
    "not_the_template": _("The second row does not name the columns. Begin with the template."),
    "supply_column_twice": _("A column stands in it twice."),
    "formula_here": _("A formula. Write the text or the figure itself."),
    "unknown_word": _("“%(word)s” is none of the choices."),
    "not_a_level": _("Write a level from 1 to 9."),
    "choose_file": _("Choose a file."),
}
