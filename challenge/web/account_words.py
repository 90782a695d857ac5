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
    "factor_code_wrong": _(
        "This code does not fit, or was used before. Wait for the next one and enter that."
    ),
    "passkey_wrong": _("This passkey does not fit. Try again, or use another way."),
    "passkey_late": _("That took too long, or the page was sent twice. Try again."),
    "passkey_known": _("This passkey is kept here already."),
    "too_many_passkeys": _("At most %(most)s passkeys. Take one away first."),
    "factor_needed": _(
        "Your role here wants a second step beside the password. Set one up below, then go on."
    ),
    "not_own_factors": _("Take your own off under Security. Another administrator can reset them."),
    "no_factor_there": _("This account has no second factor."),
    "proof_needed": _("Confirm first that it is you: with your password, a code or a passkey."),
    "authenticator_there": _("An app is set up already. Take it off first, then set up another."),
    "authenticator_not_begun": _("The setup was not begun here. Begin it again under Security."),
    "authenticator_unreadable": _("What was kept of your app cannot be read. Use a recovery code."),
    "no_second_factor": _("Set up an authenticator app or a passkey first."),
    "not_an_address": _("This is not a mail address. Write it like name@example.org."),
    "account_unconfirmed": _(
        "The address of this account is not confirmed yet. Open the link in the letter that we sent."
    ),
    "identity_taken": _("Somebody else here signs in by that account already."),
    "identity_one_each": _(
        "Another account of that provider is linked with this one already. Take it away first."
    ),
    "identity_other": _("That account is not linked with yours. Choose the one that is."),
    "identity_letter_expired": _("This link was used, or its hour is over. Sign in once more for another."),
    "identity_letter_elsewhere": _(
        "Open the link in the browser in which you signed in. If that was not you, do nothing."
    ),
    "last_way_in": _("It is your only way in. Set a password first, or link another account."),
    "sign_in_wrong": _("Address and password do not fit each other."),
    "sign_in_over": _("It took too long, or it is done. Begin signing in once more."),
    "sign_in_again": _("Your sign-in was a while ago. Sign in once more, then go on."),
    "provider_away": _(
        "The other site does not answer just now. Nothing was changed. "
        "Try again in a minute, or sign in with your password."
    ),
    "provider_issuer": _(
        "The answer came from another site than expected, so it was not taken. "
        "Tell the administrator of this installation."
    ),
    "provider_token": _(
        "The answer of the other site could not be verified, so it was not taken. Sign in once more."
    ),
    "provider_state": _(
        "This answer belongs to no sign-in of this browser, or was used before. Sign in once more."
    ),
    "provider_denied": _("The other site did not let you in, or you said no there. Nothing was changed."),
    "account_exists": _("This address has an account already."),
    "not_oneself": _("You cannot close your own account. Another administrator can."),
    "last_administrator": _("This is the last administrator. Make another one first."),
    "account_not_usable": _("No open account with a confirmed address has this address."),
    "programme_unknown": _("No programme has this address."),
    "role_elsewhere": _("Judges are taken off a panel on its own page, by the organizer."),
    "day_passed": _("This day has passed. Choose a later one."),
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
