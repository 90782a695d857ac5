"""The words of the API: its refusals, and what its tokens may be made for."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

AREAS: Mapping[str, LazyString] = {
    "account": _("My account"),
    "entries": _("My entries"),
    "needs": _("Requirements, choices and agreements"),
    "judging": _("Judging"),
    "rounds": _("Organizing rounds"),
    "brokering": _("Brokering"),
    "administration": _("Administration"),
    "audit": _("Audit trail"),
}
SCOPE_WORDS: Mapping[str, LazyString] = {"read": _("to read"), "write": _("to change")}
DAY_WORDS: Mapping[int, LazyString] = {
    7: _("7 days"),
    30: _("30 days"),
    90: _("90 days"),
    365: _("1 year"),
}
WORDS: Mapping[str, LazyString] = {
    "too_many_tokens": _("At most %(most)s tokens are valid at once. Take one back first."),
    "token_needed": _("Send a token in the header: Authorization: Bearer. One is made under Account."),
    "token_unreadable": _("The header must read “Authorization: Bearer” and then the token."),
    "token_unknown": _("This token is not known. Make a new one under Account."),
    "token_expired": _("This token has expired. Make a new one under Account."),
    "token_revoked": _("This token was taken back. Make a new one under Account."),
    "token_in_address": _(
        "A token does not belong into an address, where logs keep it. "
        "Send it in the header Authorization, and take this one back."
    ),
    "scope_missing": _("This token was not made for that. It would need the scope %(scope)s."),
    "called_too_often": _("Too many requests. Try again in %(seconds)s seconds."),
    "state_moved_on": _("It has changed since you read it. Read it again, then decide."),
    "state_not_named": _("Name the state that you have read, in the header If-Match."),
    "key_reused": _("This Idempotency-Key came with another request before. Use a new one."),
    "key_unreadable": _("An Idempotency-Key has 1 to %(most)s characters."),
    "body_not_json": _("The body must be JSON (application/json)."),
    "cursor_unknown": _("This cursor is none of ours. Begin with the first page."),
    "limit_off": _("A page holds 1 to %(most)s rows."),
    "declare_before_reading": _(
        "Say first whether you have a conflict of interest: accept, decline or recuse."
    ),
    "requirement_or_round": _("Name a requirement, or a round that has none; not both."),
    "field_unknown": _("There is no such field here."),
    "not_text": _("This must be a text."),
    "not_yes_or_no": _("This must be true or false."),
    "not_an_instant": _("Write an instant with its zone, like 2026-12-04T18:00:00+08:00."),
    "not_a_list": _("This must be a list."),
    "not_an_object": _("This must be an object."),
    "too_many_characters": _("This is too long, or too short."),
    "off_range": _("This number is out of range."),
    "not_readable": _("This cannot be read."),
}
