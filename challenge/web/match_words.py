"""The reader's words for why something matches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.base import amounts, i18n
from challenge.rules.matching import Reason
from challenge.web.places import region_name
from challenge.web.public.cards import field_name, mode_names

Detail = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One reason in words. `tone`: "good", "warn" or "" for one that speaks for nothing by itself."""

    tone: str
    text: str


def said(reasons: Sequence[Reason]) -> list[Said]:
    """All reasons of a match in the reader's words, in their order."""
    return [Said(_tone(reason), _WORDS[reason.code](reason.detail)) for reason in reasons]


def _tone(reason: Reason) -> str:
    return "good" if reason.worth > 0 else "warn" if reason.worth < 0 else ""


def _terms(detail: Detail) -> str:
    """Words of both sides; where they are of two languages, the need's and the profile's."""
    pairs = [" – ".join(_close(word) for word in pair) for pair in detail["terms"]]
    return _("Both speak of %(words)s", words=i18n.listed(pairs))


def _close(word: str) -> str:
    """Two neighbours as they stood: Chinese ones without a gap."""
    return word.replace(" ", "") if word[0] >= "\u3400" else word


def _trl(detail: Detail) -> str:
    if not detail["gap"]:
        return _("TRL %(has)s, as far as is wanted", has=detail["has"])
    return ngettext(
        "TRL %(has)s, %(num)d level short of %(wants)s",
        "TRL %(has)s, %(num)d levels short of %(wants)s",
        detail["gap"],
        has=detail["has"],
        wants=detail["wants"],
    )


def _price(detail: Detail) -> dict[str, str]:
    return {name: amounts.money(detail[name], detail["currency"]) for name in ("budget", "price")}


def _industries(detail: Detail) -> str:
    return i18n.listed(detail["industries"])


_WORDS: Mapping[str, Callable[[Detail], str]] = {
    "terms": _terms,
    "meaning": lambda _detail: _("Close in meaning, in other words"),
    "field": lambda detail: _(
        "Same field: %(names)s", names=i18n.listed(field_name(each) for each in detail["fields"])
    ),
    "other_field": lambda _detail: _("Another field"),
    "industry": lambda detail: _("Same industry: %(codes)s", codes=_industries(detail)),
    "section": lambda detail: _("Same section of industry: %(codes)s", codes=_industries(detail)),
    "indicators": lambda detail: _("Names %(names)s of its indicators", names=i18n.listed(detail["names"])),
    "trl_ready": _trl,
    "trl_gap": _trl,
    "price_within": lambda detail: _("Asks %(price)s of a budget of %(budget)s", **_price(detail)),
    "price_above": lambda detail: _("Asks %(price)s, more than the budget of %(budget)s", **_price(detail)),
    "region": lambda detail: _("Same place: %(region)s", region=region_name(detail["region"])),
    "province": lambda detail: _("Same province: %(region)s", region=region_name(detail["region"])),
    "modes": lambda detail: _("Both want: %(modes)s", modes=mode_names(detail["modes"])),
    "past_interested": lambda detail: ngettext(
        "Was interested in one before", "Was interested in %(num)d before", detail["times"]
    ),
    "past_declined": lambda detail: ngettext(
        "Declined one before", "Declined %(num)d before", detail["times"]
    ),
    "past_silent": lambda detail: ngettext("Left one unanswered", "Left %(num)d unanswered", detail["times"]),
}
