"""Rounds as their organizers run them, in shape."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from challenge.api import shapes as s
from challenge.api.public.shapes import RoundLine
from challenge.rounds.announcing import BODY
from challenge.rounds.drafting import CURRENCIES
from challenge.rules.stages import WINDOWED

STAGES = tuple(stage.value for stage in WINDOWED)
REASON = 1000


def _written(most: int) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=most))


def _within(usual: int, least: int, most: int) -> fields.Integer:
    return fields.Integer(load_default=usual, strict=True, validate=validate.Range(min=least, max=most))


class Window(Schema):
    """When a stage opens and closes; null where it is not known yet."""

    stage = s.one_of(*STAGES)
    opens_at = s.instant()
    closes_at = s.instant()


class Settings(Schema):
    """What is written about a round. Windows that are not named stay."""

    title_zh = _written(200)
    title_en = _written(200)
    summary_zh = _written(1000)
    summary_en = _written(1000)
    slug = _written(80)
    zone = fields.String(load_default="Asia/Shanghai", validate=validate.Length(max=60))
    rolling = fields.Boolean(load_default=False)
    notice_days = _within(5, 0, 60)
    objection_days = _within(5, 0, 60)
    max_files = _within(10, 0, 50)
    max_file_mb = _within(50, 1, 2048)
    max_total_mb = _within(4096, 1, 20_480)
    currency = fields.String(load_default="CNY", validate=validate.OneOf(CURRENCIES))
    budget_ceiling_minor = fields.Integer(
        load_default=10_000_000_000, strict=True, validate=validate.Range(min=1, max=10**15)
    )
    grace_seconds = _within(0, 0, 3600)
    sealed = fields.Boolean(load_default=False)
    windows = fields.List(fields.Nested(Window), load_default=list, validate=validate.Length(max=4))


class Organized(RoundLine):
    """A round that I organize, with what waits for a decision."""

    version = s.number()
    public = s.flag()


class Extend(Schema):
    """Which open window closes later, until when, and why; everyone reads the reason."""

    stage = s.one_of(*STAGES)
    closes_at = s.instant(required=True)
    move_later = fields.Boolean(load_default=False)
    reason = fields.String(required=True, validate=validate.Length(min=1, max=REASON))


class Close(Schema):
    """Which open window closes now, and why."""

    stage = s.one_of(*STAGES)
    reason = fields.String(required=True, validate=validate.Length(min=1, max=REASON))


class Why(Schema):
    """Why; whom it concerns reads it."""

    reason = fields.String(load_default="", validate=validate.Length(max=REASON))


class Said(Schema):
    """An announcement in one language or both, as Markdown."""

    title_zh = _written(100)
    body_zh = _written(BODY)
    title_en = _written(100)
    body_en = _written(BODY)


class Waiting(Schema):
    """A requirement in the organizer's queue. The seeker is null where its name is not for the reader."""

    ref = s.text()
    number = s.maybe()
    state = s.text()
    anonymous = s.flag()
    title_zh = s.maybe()
    title_en = s.maybe()
    field = s.maybe()
    updated_at = s.instant(required=True)
    seeker_zh = s.maybe()
    seeker_en = s.maybe()


class Decided(Schema):
    """How a requirement stands now."""

    ref = s.text()
    number = s.maybe()
    state = s.text()
    state_reason = s.maybe()


class Asked(Schema):
    """A question in the round; nobody is told who asked."""

    ref = s.text()
    body = s.text()
    requirement_ref = s.maybe()
    created_at = s.instant(required=True)


class Entry(s.HandedIn):
    """One line of what was handed in; in a sealed round there is no title and no team."""

    requirement_ref = s.maybe()
    sealed = s.flag()


class Seat(Schema):
    """A judge of the panel, and how far they are."""

    label = s.text()
    name = s.maybe()
    capacity = s.number(required=False)
    assigned = s.number()
    invited = s.number()
    accepted = s.number()
    completed = s.number()


class Placed(Schema):
    """One entry on the ranking board."""

    ref = s.text()
    code = s.text()
    title = s.text()
    state = s.text()
    place = s.number(required=False)
    shared = s.flag()
    total = s.exact()
    scorecards = s.number()
    resolved_by = s.maybe()


class Fixed(Schema):
    """A ranking that is official."""

    ref = s.text()
    input_digest = s.text()
    created_at = s.instant(required=True)
    reason = s.maybe()


class Filter(Schema):
    """Which of them."""

    state = fields.String(validate=validate.Length(max=20))
