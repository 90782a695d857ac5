"""The words for refusals about accounts, organizations and invitations."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "credit_code_length": _("The code has 18 characters; this one has %(length)s."),
    "credit_code_character": _(
        "The code never holds “%(character)s”. Figures, and letters but I, O, S, V and Z."
    ),
    "credit_code_checksum": _("The last character does not fit the others. Compare it with the licence."),
    "credit_code_taken": _("This code is registered already. Ask a colleague there to invite you."),
    "last_representative": _("Somebody has to speak for the organization. Invite a colleague first."),
    "not_an_address": _("This is not a mail address. Write it like name@example.org."),
    "account_exists": _("This address has an account already."),
    "not_oneself": _("You cannot close your own account. Another administrator can."),
    "look_at_administrator": _("Nobody looks on as an administrator, or as themselves."),
    "look_shared": _(
        "You have a part in a round that this person has a part in as well, or one of your colleagues has. "
        "Looking on would show you more than you may see there. Ask another administrator."
    ),
    "look_only": _("You look on as somebody: nothing can be changed. Stop looking on first."),
    "look_shut": _("This stays shut while you look on as somebody. Stop looking on first."),
    "account_closed": _("This account is closed."),
    "too_many_aliases": _("At most %(most)s other names."),
    "organization_unknown": _("No organization has this name or code. It has to be registered first."),
    "branch_ring": _("It lies below this organization already, so it cannot be above it as well."),
    "branch_too_deep": _("A tree of organizations has at most %(most)s levels."),
    "invitation_unknown": _("This link is not one of ours. Copy the whole address from the letter."),
    "invitation_used": _("This invitation was used before. Each link works once."),
    "invitation_declined": _("This invitation was declined. Ask whoever invited you for a new one."),
    "invitation_revoked": _("This invitation was taken back. Ask whoever invited you if that was a mistake."),
    "invitation_expired": _("This invitation has expired. Ask whoever invited you to send it again."),
    "invitation_other_address": _(
        "This invitation is for another address; you are signed in as %(address)s. "
        "Sign in with the invited address, or ask for an invitation to yours."
    ),
}
