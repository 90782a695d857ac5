"""Words of the fields that forms of rounds are made of: answers to indicators, maturity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

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
