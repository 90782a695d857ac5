"""Conflicts of interest in the organizer's words: the kinds, and the evidence in a sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n

KINDS: Mapping[str, LazyString] = {
    "team": _("In the team"),
    "family": _("Family"),
    "organization": _("Same organization, its parent or a branch"),
    "alias": _("Same organization by another name"),
    "seeker": _("Of the seeker"),
    "equity": _("Holds shares"),
    "domain": _("Same mail domain"),
    "declared": _("Declared in another phase"),
    "affiliation": _("Affiliation of the same name"),
    "former_employer": _("Former employer"),
    "co_team": _("Were in one team"),
    "agreement": _("Past or present agreement"),
    "co_author": _("Wrote together"),
    "told": _("Somebody says so"),
}
TOLD: Mapping[str, LazyString] = {
    "co_author": _("wrote something together"),
    "family": _("family"),
    "co_team": _("were in one team"),
    "former_employer": _("worked there"),
    "equity": _("holds or held shares"),
    "agreement": _("agreement"),
}
STATES: Mapping[str, tuple[str, str, LazyString]] = {
    "open": ("info", "clock", _("Waits for your decision")),
    "standing": ("warn", "shield", _("Certain: never assigned")),
    "confirmed": ("warn", "shield", _("Confirmed: never assigned")),
    "dismissed": ("", "check", _("Dismissed")),
    "overridden": ("", "check", _("Overridden")),
}
PILES: Mapping[str, LazyString] = {
    "open": _("To decide"),
    "in_force": _("In force"),
    "lifted": _("Dismissed or overridden"),
}


def sentence(evidence: Mapping[str, Any]) -> str:
    """One piece of evidence, for the organizer's eyes only."""
    said = {
        **dict.fromkeys(("who", "domain", "reason", "phase", "entry", "name", "place"), ""),
        **evidence,
        "path": " → ".join(evidence.get("path", ())),
        "both": gettext("%(one)s and %(other)s", one=both[0], other=both[1])
        if (both := evidence.get("both"))
        else "",
        "what": TOLD.get(str(evidence.get("tie")), ""),
        "round": _title(*evidence["round"]) if evidence.get("round") else "",
    }
    text = _text(evidence, said)
    return text + _when(evidence) + _source(evidence)


def _text(evidence: Mapping[str, Any], said: Mapping[str, Any]) -> str:
    code = str(evidence["code"])
    if code == "organization" and not evidence.get("who"):
        return gettext("The proposal is made for an organization of the judge: %(path)s", **said)
    if code == "own_word" and evidence.get("place"):
        return gettext("The judge says: %(what)s, %(place)s", **said)
    if code == "stated" and evidence.get("who") and evidence.get("place"):
        return gettext("%(who)s and %(place)s, an organization of the judge: %(what)s", **said)
    if code == "stated" and evidence.get("place"):
        return gettext("The judge and %(place)s: %(what)s", **said)
    if code == "told_by" and evidence.get("place"):
        return gettext("%(who)s says: %(what)s, %(place)s", **said)
    texts = {
        "team": _("%(who)s in the team has the judge’s account or address.", **said),
        "organization": _("%(who)s in the team belongs to an organization of the judge: %(path)s", **said),
        "seeker": _("The requirement was posted by an organization of the judge: %(path)s", **said),
        "domain": _("The judge and %(who)s have addresses at %(domain)s.", **said),
        "declared": _("The judge stepped back in phase %(phase)s: %(reason)s", **said),
        "alias": _("Two records with the name %(name)s: %(both)s", **said),
        "affiliation": _("Both name %(name)s as where they work. %(who)s", **said),
        "co_team": _("With %(who)s in the team of %(entry)s, %(round)s.", **said),
        "agreement": _("An agreement between %(both)s", **said),
        "own_word": _("The judge says of %(who)s: %(what)s", **said),
        "own_word_by_name": _("The judge says of somebody named %(who)s: %(what)s", **said),
        "told_by": _("%(who)s says of the judge: %(what)s", **said),
        "stated": _("The judge and %(who)s: %(what)s", **said),
    }
    return str(texts[code])


def _title(zh: str | None, en: str | None) -> str:
    first, second = (zh, en) if i18n.reader().zh else (en, zh)
    return first or second or ""


def _when(evidence: Mapping[str, Any]) -> str:
    since, until = evidence.get("since"), evidence.get("until")
    if since and until:
        return gettext(" (%(since)s to %(until)s)", since=since, until=until)
    if until:
        return gettext(" (until %(until)s)", until=until)
    return gettext(" (since %(since)s)", since=since) if since else ""


def _source(evidence: Mapping[str, Any]) -> str:
    """Where it stands, and what was noted beside it."""
    note = gettext(" “%(note)s”", note=evidence["note"]) if evidence.get("note") else ""
    if not evidence.get("file"):
        return note
    return note + gettext(" – file %(file)s, row %(row)s", file=evidence["file"], row=evidence["row"])
