"""The phases of judging in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n
from challenge.judging.models import Phase

KINDS: Mapping[str, LazyString] = {
    "screening": _("Screening"),
    "shortlist": _("Shortlist"),
    "final": _("Final"),
}
BLINDNESS: Mapping[str, LazyString] = {
    "open": _("open: judges see who submitted"),
    "blind": _("blind: judges do not see who submitted"),
    "double": _("double-blind: judges and solvers never see each other"),
}
CUTS: Mapping[str, LazyString] = {
    "none": _("everybody goes on"),
    "top": _("the best places"),
    "threshold": _("everybody who reaches a total"),
    "hand": _("chosen by hand, with a reason"),
}
STATES: Mapping[str, LazyString] = {"planned": _("planned"), "open": _("open"), "over": _("closed")}


def phase_name(phase: Phase) -> str:
    """The organizer's own name for it, or its number and kind."""
    return i18n.t(phase, "name") or f"{phase.number} · {KINDS[phase.kind]}"
