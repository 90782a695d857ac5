"""Dates as an iCalendar file (RFC 5545, RFC 7986): to take along once, or to subscribe to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n
from challenge.messages import links
from challenge.reports.agenda import Date

if TYPE_CHECKING:
    from icalendar import Event

REFRESH = dt.timedelta(hours=4)  # how often a program may look again
_WINDOWS: Mapping[tuple[str, str], LazyString] = {
    ("window_opens", "requirements"): _("Call for requirements opens"),
    ("window_closes", "requirements"): _("Call for requirements closes"),
    ("window_opens", "submission"): _("Submission opens"),
    ("window_closes", "submission"): _("Submission closes"),
    ("window_opens", "judging"): _("Judging opens"),
    ("window_closes", "judging"): _("Judging closes"),
    ("window_opens", "award"): _("Award stage opens"),
    ("window_closes", "award"): _("Award stage closes"),
}


def calendar(dates: Sequence[Date], name: str, written_at: dt.datetime) -> bytes:
    """The dates in the reader's language; each keeps its identity over all changes."""
    # Loaded on first use: it takes 5 MB, and few requests ask for a calendar.
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//challenge//dates//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    made.add("x-published-ttl", "PT4H")
    for each in dates:
        made.add_component(_event(each, written_at))
    return bytes(made.to_ical())


def _event(date: Date, written_at: dt.datetime) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{date.name}@{links.host()}")
    event.add("sequence", date.revision)
    event.add("dtstamp", written_at.replace(microsecond=0))
    event.add("dtstart", date.at.replace(microsecond=0))
    if date.ends_at is not None:
        event.add("dtend", date.ends_at.replace(microsecond=0))
    event.add("summary", _summary(date))
    event.add("status", "CANCELLED" if date.cancelled else "CONFIRMED")
    # A deadline takes up nobody's time; a meeting does.
    event.add("transp", "OPAQUE" if date.ends_at is not None else "TRANSPARENT")
    if date.place:
        event.add("location", date.place)
    if date.moved:
        event.add("description", gettext("This deadline was extended."))
    event.add("url", _page(date))
    return event


def _summary(date: Date) -> str:
    title = i18n.t(date, "title")
    if date.kind == "docking":
        return gettext("Docking: %(title)s", title=title)
    if date.kind == "course":
        return f"{title}: {date.part}" if date.part else title
    if date.kind == "phase_closes":
        what = gettext("Judging phase %(number)s closes", number=date.part)
    else:
        what = str(_WINDOWS[date.kind, date.part])
    return gettext("%(what)s: %(title)s", what=what, title=title)


def _page(date: Date) -> str:
    if date.kind == "course":
        return links.link("training.course", ref=date.address)
    if date.kind == "docking":
        return links.link("account.work")
    if date.kind == "phase_closes":
        return links.link("judge.queue")
    return links.link("public.round", slug=date.address)
