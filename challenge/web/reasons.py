"""The reader's words for the reasons of a screening case; its letters say them by components/reasons.html."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

REASON_WORDS: Mapping[str, LazyString] = {
    "form": _("Parts of the form are missing or unreadable"),
    "eligibility": _("The rules of who may take part are not met"),
    "rights": _("It is unclear whether the team may offer it"),
    "requirement": _("It does not answer the requirement"),
    "team": _("The team is not as it was stated"),
    "conduct": _("The rules of the round were broken"),
    "other": _("Another reason"),
}
