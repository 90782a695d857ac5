"""One's own account: profile, roles, tokens, questions asked, needs that were sent to one."""

from __future__ import annotations

from challenge.api.doors import room
from challenge.rules.permissions import Action

ROOMS = (
    room(
        __name__,
        "account",
        ("GET", "/me", Action.ACCOUNT_USE, "profile:profile"),
        ("PATCH*", "/me", Action.ACCOUNT_USE, "profile:edit"),
        ("GET", "/me/organizations", Action.ACCOUNT_USE, "profile:organizations"),
        ("GET", "/me/tokens", Action.ACCOUNT_USE, "profile:tokens"),
        ("POST", "/me/tokens/<ref>/revoke", Action.TOKEN_REVOKE, "profile:revoke"),
        ("GET", "/me/inbox", Action.ACCOUNT_USE, "inbox:inbox"),
        ("POST", "/rounds/<slug>/questions", Action.QUESTION_ASK, "inbox:ask_round"),
        ("POST", "/requirements/<ref>/questions", Action.QUESTION_ASK, "inbox:ask_requirement"),
    ),
)
