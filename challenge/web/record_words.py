"""Words of the traceable record: its parts, who acted where no name is shown, and what an entry is about."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.reports.record import Traced, Who
from challenge.rules.record import part_of
from challenge.web.organize.audit import ACTIONS, stage_of

PARTS: Mapping[str, LazyString] = {
    "need": _("Need"),
    "distribution": _("Distribution"),
    "docking": _("Docking"),
    "solutions": _("Solutions"),
    "judging": _("Judging"),
    "award": _("Award"),
    "agreement": _("Agreements"),
    "delivery": _("Delivery"),
    "services": _("Services"),
}
KINDS: Mapping[str, LazyString] = {
    "need": _("Technical need"),
    "submission": _("Solution"),
    "award": _("Award"),
    "agreement": _("Cooperation agreement"),
}
SIDES: Mapping[str, LazyString] = {"organizer": _("the organizer"), "seeker": _("the seeker")}
# Who it is that neither organizes nor seeks, by what was done to.
OTHERS: Mapping[str, LazyString] = {
    "submission": _("a team"),
    "dispatch": _("a recipient"),
    "service_request": _("the centre"),
}


# Whoever agrees, delivers and pays.
PARTY = _("another party")


def text_of(line: Traced, cards: Mapping[int, int]) -> str:
    """What happened, with what it happened to."""
    known = ACTIONS.get(line.action)
    text = str(known[2]) if known else line.action
    parts = [text, stage_of(line.action, line.detail), _named(line)]
    number = cards.get(line.phase, 0) if line.phase is not None else 0
    if number:
        parts.append(ngettext("%(num)s scorecard", "%(num)s scorecards", number))
    return " · ".join(part for part in parts if part)


def _named(line: Traced) -> str:
    if line.of in ("phase", "ranking"):
        return gettext("phase %(number)s", number=line.name)
    if line.of == "milestone":
        return gettext("milestone %(number)s", number=line.name)
    if line.of == "docking":
        return gettext("meeting %(number)s", number=line.name)
    return line.name


def look_of(line: Traced) -> tuple[str, str]:
    """Tone and icon."""
    known = ACTIONS.get(line.action)
    return (known[0], known[1]) if known else ("", "info")


def who_of(line: Traced, people: Mapping[int, Who]) -> str:
    """Who did it, as far as this reader may know."""
    if line.user_id is None:
        system = line.actor == "system"
        return gettext("the scheduler") if system else str(OTHERS.get(line.of) or gettext("a visitor"))
    found = people.get(line.user_id)
    if found is None:
        return gettext("a person whose account is gone")
    if not found.side:
        return found.name
    if found.side not in SIDES and part_of(line.action) in ("agreement", "delivery"):
        return str(PARTY)
    return str(SIDES.get(found.side) or OTHERS.get(line.of) or gettext("somebody else"))
