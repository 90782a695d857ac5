"""The words of privacy: refusals, what stays and why, what has to be done first, what happened."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "erase_first": _("Something has to be done first: %(count)s points of the list below."),
    "erase_not_oneself": _("Ask for your own account to be erased in your profile, as everybody does."),
    "second_key": _("A second administrator has to approve: not who prepared it, nor who is erased."),
    "hold_until": _("Choose a day from today on, at most %(years)s years ahead."),
    "not_a_day": _("Write a day like 2026-12-04."),
}
# What stays with the name on it: the heading, and why.
KEPT: Mapping[str, tuple[LazyString, LazyString]] = {
    "contract": (_("Signed contract"), _("It binds others too, and may have to be proven.")),
    "promise": (
        _("Accepted confidentiality"),
        _("The promise not to disclose this requirement lasts longer than the account."),
    ),
    "hold": (_("Legal hold"), _("Nothing is erased while it stands.")),
}
FIRST: Mapping[str, LazyString] = {
    "entry": _("An entry takes part in a round. Withdraw it, or hand the team over."),
    "agreement": _("An agreement is being drafted or signed. Sign it, or end it."),
    "objection": _("An objection waits for its answer. Withdraw it, or wait."),
    "cards": _("Entries wait for a judge’s scores. Finish them, or step back. Open:"),
    "representative": _("Nobody else speaks for this organization. Invite a colleague first."),
    "administrator": _("Nobody else administers this installation. Appoint another one first."),
}
STATES: Mapping[str, tuple[str, str, LazyString]] = {
    "prepared": ("warn", "key", _("Waits for a second administrator")),
    "waiting": ("warn", "clock", _("Waits for its day")),
    "doing": ("info", "refresh", _("Is being done")),
    "done": ("good", "check", _("Erased")),
    "cancelled": ("", "x", _("Taken back")),
}
# action -> (tone, icon, words) in the audit trail
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "hold.set": ("warn", "lock", _("A legal hold was set")),
    "hold.lifted": ("", "unlock", _("A legal hold was lifted")),
    "erasure.asked": ("warn", "clock", _("A person asked to be erased")),
    "erasure.prepared": ("warn", "key", _("Erasing a person was prepared")),
    "erasure.approved": ("warn", "key", _("Erasing a person was approved")),
    "erasure.cancelled": ("", "x", _("Erasing a person was taken back")),
    "person.erased": ("bad", "x", _("A person was erased")),
}
