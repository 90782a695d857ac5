"""Words of the confidential face: refusals, audit entries, what could identify a seeker."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "nda_needed": _("Write the agreement, in Chinese or in English."),
    "nda_missing": _("There is no agreement yet that could be accepted. The organizer writes it first."),
    "nda_changed": _("The agreement has changed meanwhile. Read the version below, then accept it."),
    "nda_first": _("This opens once you have accepted the agreement that is in force now."),
    "face_closed": _("Its seeker opens the confidential part to nobody at present."),
    "face_empty": _("There is no confidential part to open."),
    "face_refused": _("Your request was refused. Whoever decided can still open it to you later."),
    "face_revoked": _("What was opened to you was closed again. Whoever decided can open it once more."),
    "face_waits": _("Your request is not decided yet. You get a letter."),
    "face_ask_first": _("Ask first: its seeker decides who may read it."),
    "face_over": _("The requirement takes nobody in any more, so there is nothing to open."),
    "too_many_marks": _("%(count)s words; at most %(most)s fit."),
    "mark_long": _("One of these words has more than %(most)s characters."),
    "redaction_open": _(
        "Its seeker wants to be anonymous. Still open on the list of what could identify it: %(count)s. Have"
        " each mended, or say there why it stays."
    ),
}
# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "nda.written": ("", "edit", _("An agreement not to disclose was put in force")),
    "nda.accepted": ("", "check", _("Somebody accepted an agreement not to disclose")),
    "face.set": ("", "settings", _("How a confidential part opens was set")),
    "face.asked": ("", "chat", _("Somebody asked to read a confidential part")),
    "face.granted": ("good", "key", _("A confidential part was opened to somebody")),
    "face.refused": ("", "x", _("A request to read a confidential part was refused")),
    "face.revoked": ("warn", "lock", _("A confidential part was closed to somebody again")),
    "redaction.settled": ("", "eye-off", _("What could identify a seeker was settled")),
}
# What could identify a seeker, by kind.
KINDS: Mapping[str, LazyString] = {
    "name": _("Name of the seeker"),
    "alias": _("Another name of the seeker"),
    "short_name": _("Short name of the seeker"),
    "legal_representative": _("Legal representative"),
    "contact": _("Name of the contact"),
    "person": _("Name of somebody at the seeker"),
    "domain": _("Domain of its mail addresses"),
    "mark": _("Product or brand of the seeker"),
    "email": _("Mail address"),
    "website": _("Web address"),
    "phone": _("Telephone number"),
    "address": _("Postal address"),
    "county": _("Place as exact as a county"),
    "credit_code": _("Registration code"),
    "properties": _("Properties of the document"),
}
OPENINGS: Mapping[str, LazyString] = {
    "closed": _("Nobody but the screeners"),
    "decide": _("Those whom the seeker or the organizer lets in, after they accept the agreement"),
    "accept": _("Everyone who accepts the agreement"),
}
ORIGINS: Mapping[str, LazyString] = {
    "asked": _("asked"),
    "invited": _("was invited"),
    "accepted": _("accepted the agreement"),
}
