"""Entries, in shape."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from challenge.api import shapes as s
from challenge.submissions.content import LONGEST_TEAM_NAME
from challenge.submissions.team import LONGEST_NAME


class EntryLine(Schema):
    """An entry of mine in a list."""

    ref = s.text()
    code = s.text()
    title = s.text()
    state = s.text()
    round_slug = s.text()
    requirement_ref = s.maybe()
    is_open = s.flag()
    closes_at = s.instant()
    submitted_at = s.instant()
    changed = s.flag()
    missing = s.many(s.Fault)


class EntryWhole(EntryLine):
    """An entry as its team sees it: the draft, by the fields of its round's form."""

    draft_version = s.number()
    values = s.anything(required=True)
    team_name = s.text()
    organization_ref = s.maybe()
    state_reason = s.maybe()
    digest = s.text(metadata={"description": "What a submit would enter; give it as `seen`."})


class Begin(Schema):
    """What a new entry answers: a requirement, or a round that has none, with its track."""

    requirement = fields.String(validate=validate.Length(max=12))
    round = fields.String(validate=validate.Length(max=80))
    track = fields.String(validate=validate.Length(max=12))


class Draft(Schema):
    """What changes in the draft; what is not named stays."""

    values = fields.Dict(keys=fields.String())
    team_name = fields.String(validate=validate.Length(max=LONGEST_TEAM_NAME))
    organization = fields.String(allow_none=True, validate=validate.Length(max=12))


class Submit(Schema):
    """Hand in just what was seen: the `digest` of the entry. Without it, whatever stands there."""

    seen = fields.String(validate=validate.Length(max=64))


class File(Schema):
    """A file of the draft."""

    ref = s.text()
    name = s.text()
    size = s.number()
    sha256 = s.text()
    media_type = s.text()
    field = s.text()


class Files(Schema):
    """The files of the draft, and how much it takes."""

    items = s.many(File)
    most = s.number()
    most_bytes = s.number()


class Member(Schema):
    """A person of the team; `joined` once the invitation was accepted."""

    id = s.number()
    name = s.text()
    affiliation = s.text()
    email = s.text()
    joined = s.flag()


class NewMember(Schema):
    """A person for the team, who gets an invitation by mail."""

    email = fields.String(required=True, validate=validate.Length(min=3, max=254))
    name = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_NAME))
    affiliation = fields.String(validate=validate.Length(max=LONGEST_NAME))


class Version(Schema):
    """What was entered, once."""

    number = s.number()
    submitted_at = s.instant(required=True)
    digest = s.text()
    current = s.flag()


class Submitted(Schema):
    """What stands in the round now, and its signed receipt."""

    number = s.number()
    submitted_at = s.instant(required=True)
    receipt = s.anything(required=True)
