"""Words of the solver's rooms: the parts of a submission, answers to indicators, maturity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n
from challenge.rules.errors import Invalid
from challenge.submissions.material import Asked
from challenge.web.public.cards import SIGNS

# The parts of a submission, by the field of the form that holds them.
PARTS: Mapping[str, LazyString] = {
    "title": _("title"),
    "summary": _("summary"),
    "proposal": _("proposal"),
    "answers": _("indicators"),
    "trl_now": _("maturity"),
    "quote": _("quote"),
    "schedule": _("schedule"),
    "team": _("team"),
    "original": _("declaration"),
}
MET: Mapping[str, LazyString] = {"met": _("Met"), "partly": _("Partly"), "no": _("Not met")}
TRL: Sequence[LazyString] = (
    _("TRL 1: principle observed"),
    _("TRL 2: concept formulated"),
    _("TRL 3: concept proved by experiment"),
    _("TRL 4: validated in the laboratory"),
    _("TRL 5: validated in a relevant environment"),
    _("TRL 6: demonstrated in a relevant environment"),
    _("TRL 7: prototype in operation"),
    _("TRL 8: complete and qualified"),
    _("TRL 9: proved in operation"),
)


def missing_line(faults: Sequence[Invalid]) -> str:
    """'2 parts missing: quote, team'; empty when nothing is."""
    if not faults:
        return ""
    names = ("、" if i18n.reader().zh else ", ").join(str(PARTS[fault.field]) for fault in faults)
    if len(faults) == 1:
        return gettext("1 part missing: %(names)s", names=names)
    return gettext("%(num)d parts missing: %(names)s", num=len(faults), names=names)


def target(asked: Asked) -> str:
    """'≥ 99.2 %', or that it is met or not."""
    if asked.comparison == "yes":
        return gettext("yes")
    return " ".join(filter(None, (SIGNS[asked.comparison], asked.target, asked.unit)))
