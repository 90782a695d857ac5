"""One's own account, in shape."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from challenge.accounts.people import NAME_LENGTH
from challenge.api import shapes as s
from challenge.base.i18n import LOCALES


class Role(Schema):
    """A role that holds for one thing."""

    role = s.text()
    scope = s.text()
    scope_id = s.number()


class Me(Schema):
    """Who acts, and as what."""

    ref = s.text()
    name = s.text()
    email = s.text()
    affiliation = s.text()
    locale = s.text()
    zone = s.maybe()
    admin = s.flag()
    roles = s.many(Role)


class Profile(Schema):
    """What changes in the profile; what is not named stays."""

    name = fields.String(validate=validate.Length(max=NAME_LENGTH))
    affiliation = fields.String(validate=validate.Length(max=NAME_LENGTH))
    locale = s.one_of(*LOCALES, required=False)
    zone = fields.String(allow_none=True, validate=validate.Length(max=60))


class Seat(Schema):
    """An organization that one belongs to."""

    ref = s.text()
    name = s.text()
    name_en = s.maybe()
    representative = s.flag()


class Token(Schema):
    """A token, without its secret."""

    ref = s.text()
    name = s.text()
    prefix = s.text()
    scopes = s.many(fields.String())
    created_at = s.instant(required=True)
    expires_at = s.instant(required=True)
    last_used_at = s.instant()
    revoked_at = s.instant()


class Ask(Schema):
    """A question; nobody is told who asks."""

    body = fields.String(required=True, validate=validate.Length(min=1, max=1000))


class Asked(s.Answered):
    """A question of mine, and its answer."""


class Sent(Schema):
    """A need that was sent to me."""

    ref = s.text()
    title_zh = s.maybe()
    title_en = s.maybe()
    created_at = s.instant(required=True)
