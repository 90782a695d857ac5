"""The words of auditing: refusals, parts of the evidence, what was decided by hand, what happened."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "auditor_involved": _("This person takes part, judges or organizes here. Choose somebody independent."),
    "auditor_without_account": _(
        "Nobody has a confirmed account with this address. They have to register first."
    ),
    "audit_not_oneself": _("Nobody audits by their own word. Appoint somebody else."),
    "audit_until": _("Choose an end that is ahead, at most a year after the beginning."),
}
PARTS: Mapping[str, LazyString] = {
    "timeline": _("Timeline"),
    "overrides": _("Decided by hand"),
    "reads": _("Who read what"),
    "conflicts": _("Conflicts"),
    "scorecards": _("Scorecards"),
    "rankings": _("Rankings"),
    "files": _("The evidence as a file"),
}
BY_HAND: Mapping[str, LazyString] = {
    "extend": _("A window was extended"),
    "close_early": _("A window was closed early"),
    "cancel": _("The round was cancelled"),
    "longer": _("A submission got more time"),
    "conflict": _("A conflict was overridden, with a reason"),
    "tie": _("A tie was decided by people"),
}
ROLES: Mapping[str, LazyString] = {
    "organizer": _("Organizer"),
    "seeker": _("Seeker"),
    "judge": _("Judge"),
    "admin": _("Administrator"),
}
THINGS: Mapping[str, LazyString] = {
    "version": _("the submission"),
    "file": _("a file"),
    "receipt": _("the receipt"),
}
DIFFERS: Mapping[str, LazyString] = {
    "digest": _("The scorecards, criteria, method or decisions are not those that it was fixed from."),
    "audit": _("The audit trail recorded other inputs when it was fixed."),
    "row": _("A line is not what follows from the scorecards."),
}
# action -> (tone, icon, words) in the audit trail
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "auditor.appointed": ("info", "shield", _("An auditor was let in, for a time")),
    "auditor.dismissed": ("", "x", _("An auditor’s door was shut before its time")),
}
