"""Words of services: kinds, refusals, what happened, audit entries."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

KINDS: Mapping[str, LazyString] = {
    "innovation": _("Innovation consulting"),
    "transfer": _("Transfer of technology"),
    "ip": _("Intellectual property"),
    "finance": _("Finance"),
    "testing": _("Testing"),
    "other": _("Other services"),
}
WORDS: Mapping[str, LazyString] = {
    "service_retired": _("This service is not offered now. What was asked for before goes on."),
    "own_service": _("This organization offers the service itself. Ask for another organization."),
    "too_many_requests": _(
        "This organization has %(most)s open requests for this service. Call one off, or wait for one."
    ),
    "anonymous_seeker_asks": _("Its seeker is anonymous: only the seeker itself can ask for a service."),
    "service_due_past": _("This day has passed. Choose today or a later one."),
    "service_over": _("This is over: nothing can be written any more."),
}
# What happened to a request, as its timeline tells it.
MOMENTS: Mapping[str, tuple[str, str, LazyString]] = {
    "asked": ("", "up", _("Asked for")),
    "accepted": ("good", "check", _("Accepted")),
    "assigned": ("", "user", _("Assigned")),
    "begun": ("", "play", _("Begun")),
    "done": ("good", "check", _("Done")),
    "closed": ("good", "star", _("Closed with a rating")),
    "refused": ("warn", "x", _("Refused")),
    "cancelled": ("", "x", _("Called off")),
}
# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "service.created": ("", "draft", _("A service was written down")),
    "service.edited": ("", "edit", _("A service was changed")),
    "service.offered": ("good", "open", _("A service was put into the catalogue")),
    "service.retired": ("", "x", _("A service was taken out of the catalogue")),
    "service.asked": ("", "up", _("A service was asked for")),
    "service.accepted": ("good", "check", _("A request for a service was accepted")),
    "service.assigned": ("", "user", _("A request for a service was assigned")),
    "service.begun": ("", "play", _("Work on a request for a service began")),
    "service.finished": ("good", "check", _("A request for a service was done")),
    "service.closed": ("good", "star", _("A request for a service was closed with a rating")),
    "service.refused": ("warn", "x", _("A request for a service was refused")),
    "service.cancelled": ("", "x", _("A request for a service was called off")),
    "service.noted": ("", "chat", _("A note on a request for a service was written")),
    "service.noted_inside": ("", "chat", _("An internal note on a request for a service was written")),
}


def kind_name(kind: str) -> str:
    """A kind of service in the reader's language."""
    return str(KINDS[kind])
