"""Invitations for calendars (RFC 5546): one identity for a meeting, a number that counts its changes up."""

from __future__ import annotations

import datetime as dt
from email.utils import parseaddr

from challenge.docking.models import Docking
from challenge.training.models import Course


def invitation(docking: Docking, title: str, sender: str, to: str, host: str, written_at: dt.datetime) -> str:
    """The meeting as an iCalendar request, or its cancellation; it names its reader alone."""
    # Loaded on first use: it takes 5 MB, and a web worker writes no letter.
    from icalendar import Calendar, Event, vCalAddress, vText

    cancelled = docking.state == "cancelled"
    calendar = Calendar()
    calendar.add("prodid", "-//challenge//docking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    event = Event()
    event.add("uid", f"docking-{docking.ref}@{host}")
    event.add("sequence", docking.revision)
    event.add("dtstamp", written_at.replace(microsecond=0))
    event.add("dtstart", docking.starts_at.replace(microsecond=0))
    event.add("dtend", docking.ends_at.replace(microsecond=0))
    event.add("summary", title)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if docking.place:
        event.add("location", docking.place)
    event["organizer"] = vCalAddress(f"mailto:{parseaddr(sender)[1]}")
    attendee = vCalAddress(f"mailto:{to}")
    attendee.params["rsvp"] = vText("TRUE")
    event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def course(found: Course, title: str, host: str, written_at: dt.datetime, *, place: bool) -> str:
    """The sessions of a course as a calendar; `place`: with where it is, for whoever has a place in it.

    Each session has one identity over all changes, so that a newer file replaces what an older one brought.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//challenge//training//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for number, each in enumerate(found.sessions, start=1):
        event = Event()
        event.add("uid", f"course-session-{each.ref}@{host}")
        event.add("sequence", found.revision)
        event.add("dtstamp", written_at.replace(microsecond=0))
        event.add("dtstart", each.starts_at.replace(microsecond=0))
        event.add("dtend", each.ends_at.replace(microsecond=0))
        event.add("summary", f"{title} ({number}/{len(found.sessions)})")
        event.add("status", "CANCELLED" if found.state == "cancelled" else "CONFIRMED")
        if each.topic:
            event.add("description", each.topic)
        where = " ".join(filter(None, (found.place, found.online))) if place else ""
        if where:
            event.add("location", where)
        calendar.add_component(event)
    return str(calendar.to_ical().decode())
