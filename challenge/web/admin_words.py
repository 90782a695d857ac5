"""The words of administration: faults of the audit trail, refusals, and what the trail says of accounts."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

FAULTS: Mapping[str, LazyString] = {
    "out_of_line": _("does not follow from the entry before it"),
    "altered": _("does not fit its fingerprint"),
    "head_differs": _("is not where the chain is said to end"),
    "not_as_signed": _("is not what was signed"),
}
WORDS: Mapping[str, LazyString] = {
    "check_runs": _("A check is under way. Wait for its result."),
    "no_anchor": _("This file is no anchor: it was not signed here, or it was changed. Nothing was checked."),
}
# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "account.created": ("", "user", _("An account was made")),
    "account.registered": ("", "user", _("Somebody registered")),
    "account.confirmed": ("", "check", _("An address was confirmed")),
    "account.confirmed_by_hand": ("", "check", _("An administrator vouched for an address")),
    "account.deactivated": ("warn", "lock", _("An account was closed")),
    "account.reactivated": ("", "unlock", _("An account was opened again")),
    "account.link_sent": ("", "mail", _("An administrator had a link sent")),
    "account.password_set": ("warn", "key", _("A password was set by the operator")),
    "account.password_reset": ("", "key", _("A password was set by a link")),
    "account.password_changed": ("", "key", _("A password was changed")),
    "account.signed_out_everywhere": ("", "sign-out", _("Somebody signed out everywhere")),
    "administrator.appointed": ("warn", "key", _("An administrator was made")),
    "administrator.dismissed": ("warn", "key", _("An administrator ended to be one")),
    "organizer.appointed": ("", "users", _("An organizer was appointed")),
    "organizer.dismissed": ("", "x", _("An organizer was dismissed")),
    "manager.appointed": ("", "users", _("A manager was appointed")),
    "manager.dismissed": ("", "x", _("A manager was dismissed")),
    "broker.appointed": ("", "users", _("A broker was appointed")),
    "look.begun": ("warn", "eye", _("An administrator began to look on as somebody")),
    "look.ended": ("", "eye-off", _("An administrator stopped looking on")),
    "look.refused": ("warn", "eye-off", _("An administrator was not let look on")),
    "organization.created": ("", "users", _("An organization was registered")),
    "organization.edited": ("", "edit", _("An organization was changed")),
    "organization.placed": ("", "edit", _("An organization was put under another, or under none")),
    "membership.ended": ("", "x", _("A membership ended")),
    "programme.created": ("", "draft", _("A programme was begun")),
    "programme.edited": ("", "edit", _("A programme was changed")),
    "audit.check_asked": ("", "shield", _("A check of all chains was asked for")),
    "settings.changed": ("warn", "settings", _("Settings were changed")),
    "storage.count_asked": ("", "refresh", _("A count of the store was asked for")),
    "task.retried": ("", "refresh", _("Failed work was put back in the queue")),
    "task.dropped": ("warn", "x", _("Failed work was dropped")),
}
