"""Words of the solver's rooms: the parts of a submission, answers to indicators, maturity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n
from challenge.rules.formspec import Spec
from challenge.submissions.material import Asked
from challenge.submissions.queries import Shown
from challenge.web.public.cards import SIGNS

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


def parts_of(spec: Spec) -> dict[str, str]:
    """The parts of a submission by the field that holds them, in the reader's language."""
    zh = i18n.reader().zh
    return {field.key: field.label.say(zh) for field in spec} | {"team": gettext("Team")}


def missing_line(shown: Shown) -> str:
    """'2 parts missing: quote, team'; empty when nothing is."""
    faults = shown.missing
    if not faults:
        return ""
    parts = parts_of(shown.form.spec)
    names = ("、" if i18n.reader().zh else ", ").join(parts[fault.field] for fault in faults)
    if len(faults) == 1:
        return gettext("1 part missing: %(names)s", names=names)
    return gettext("%(num)d parts missing: %(names)s", num=len(faults), names=names)


def target(asked: Asked) -> str:
    """'≥ 99.2 %', or that it is met or not."""
    if asked.comparison == "yes":
        return gettext("yes")
    return " ".join(filter(None, (SIGNS[asked.comparison], asked.target, asked.unit)))
