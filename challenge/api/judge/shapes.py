"""A judge's work, in shape: nothing that tells whose a proposal is where that is not to be known."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from challenge.api import shapes as s
from challenge.judging.declaring import MOST_REASON


class Line(Schema):
    """One assignment in my queue."""

    ref = s.text()
    code = s.text()
    state = s.text()
    title = s.text()
    round_slug = s.text()
    phase = s.text()
    scored = s.number()
    criteria = s.number()
    locked_at = s.instant()
    closes_at = s.instant()


class Mark(s.Scale):
    """A criterion with its scale, and what I gave so far."""

    value = s.exact()
    comment = s.text()


class Indicator(Schema):
    """What was asked, and what is offered."""

    name_zh = s.maybe()
    name_en = s.maybe()
    unit = s.text()
    comparison = s.text()
    target = s.maybe()
    met = s.maybe()
    evidence = s.text()


class Sheet(Schema):
    """A proposal beside its scorecard."""

    ref = s.text()
    code = s.text()
    state = s.text()
    title = s.text()
    requirement_zh = s.maybe()
    requirement_en = s.maybe()
    is_open = s.flag()
    locked_at = s.instant()
    total = s.exact(required=True)
    most = s.exact(required=True)
    to_organizer = s.text()
    to_solver = s.text()
    marks = s.many(Mark)
    answers = s.many(Indicator)


class Score(Schema):
    """What is given for one criterion; a score is a number as text, '' empties it."""

    id = s.number(least=1)
    value = fields.String(allow_none=True, validate=validate.Length(max=20))
    comment = fields.String(validate=validate.Length(max=4000))


class Entered(Schema):
    """What changes on the card; what is not named stays."""

    marks = fields.List(fields.Nested(Score), load_default=list, validate=validate.Length(max=50))
    to_organizer = fields.String(validate=validate.Length(max=4000))
    to_solver = fields.String(validate=validate.Length(max=4000))


class Saved(Schema):
    """How far the card is."""

    done = s.number()
    count = s.number()
    at = s.instant(required=True)


class Why(Schema):
    """Why; the organizer reads it, nobody else."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=MOST_REASON))


class Word(Schema):
    """How an assignment stands now."""

    ref = s.text()
    state = s.text()
