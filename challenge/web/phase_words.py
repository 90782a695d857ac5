"""The phases of judging in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n

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


class Named(Protocol):
    """What a phase is called by."""

    @property
    def number(self) -> int:
        """Its place among the phases."""

    @property
    def kind(self) -> str:
        """Screening, shortlist or final."""


def phase_name(phase: Named) -> str:
    """The organizer's own name for it, or its number and kind."""
    return i18n.t(phase, "name") or f"{phase.number} · {KINDS[phase.kind]}"


def cut_words(cut: str, value: Decimal | None) -> str:
    """Who goes on to the next phase."""
    if cut == "top":
        return ngettext("the best %(num)d goes on", "the best %(num)d go on", int(value or 0))
    if cut == "threshold":
        points = f"{(value or Decimal(0)).normalize():f}"
        return gettext("everybody with at least %(points)s points goes on", points=points)
    if cut == "hand":
        return gettext("who goes on is chosen by hand, with a reason")
    return gettext("everybody goes on")
