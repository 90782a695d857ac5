"""Offices, in shape."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from challenge.api import shapes as s


class Pair(Schema):
    """A requirement and a candidate who meet, with the latest of their meetings."""

    ref = s.text()
    title_zh = s.maybe()
    title_en = s.maybe()
    candidate = s.text()
    meetings = s.number()
    state = s.maybe()
    next_action = s.text()
    next_at = s.instant()
    moved_at = s.instant(required=True)


class Dispatch(Schema):
    """One requirement sent to one recipient, and what came back."""

    ref = s.text()
    name = s.text()
    address = s.text()
    channel = s.text()
    state = s.text()
    reason = s.maybe()
    note = s.text()
    attempts = s.number()
    created_at = s.instant(required=True)
    sent_at = s.instant()
    opened_at = s.instant()
    answered_at = s.instant()


class Look(Schema):
    """Whose name, address or code holds this text."""

    q = fields.String(validate=validate.Length(max=100))


class Organization(Schema):
    """An organization in a list."""

    ref = s.text()
    name = s.text()
    name_en = s.maybe()
    kind = s.text()
    region = s.maybe()
    registration_code = s.maybe()
    members = s.number()


class User(Schema):
    """A person with an account."""

    ref = s.text()
    name = s.text()
    email = s.text()
    affiliation = s.text()
    active = s.flag()
    admin = s.flag()
    confirmed_at = s.instant()
    created_at = s.instant(required=True)


class Line(Schema):
    """One entry of an audit chain."""

    seq = s.number()
    at = s.instant(required=True)
    actor = s.text()
    action = s.text()
    subject = s.text()
    hash = s.text()
