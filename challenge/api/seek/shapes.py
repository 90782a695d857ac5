"""Requirements as their seeker writes them, in shape."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from challenge.api import shapes as s
from challenge.requirements.content import MOST_INDICATORS
from challenge.requirements.faults import MOST
from challenge.requirements.models import COMPARISONS, FIELDS, MODES


class NeedLine(Schema):
    """A requirement of mine in a list."""

    ref = s.text()
    number = s.maybe()
    state = s.text()
    state_reason = s.maybe()
    title_zh = s.maybe()
    title_en = s.maybe()
    seeker_zh = s.text()
    seeker_en = s.text()
    round_slug = s.text()
    submission_count = s.number()
    closes_at = s.instant()
    updated_at = s.instant(required=True)


class Row(Schema):
    """One measurable row; a target is a number as text."""

    name_zh = fields.String(load_default="", validate=validate.Length(max=100))
    name_en = fields.String(load_default="", validate=validate.Length(max=100))
    unit = fields.String(load_default="", validate=validate.Length(max=40))
    comparison = fields.String(load_default="ge", validate=validate.OneOf(COMPARISONS))
    target = fields.String(load_default="", validate=validate.Length(max=40))
    level = fields.String(load_default="must", validate=validate.OneOf(("must", "should")))


def _written(most: int = 1000) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=most))


class Content(Schema):
    """Everything of a requirement that its seeker writes. Sums are in minor units; '' is nothing."""

    title_zh = _written(MOST["title_zh"])
    title_en = _written(MOST["title_en"])
    summary_zh = _written(MOST["summary_zh"])
    summary_en = _written(MOST["summary_en"])
    problem_zh = _written(MOST["problem_zh"])
    problem_en = _written(MOST["problem_en"])
    goals = _written(MOST["goals"])
    confidential_part = _written(MOST["confidential_part"])
    contact_name = _written(MOST["contact_name"])
    contact_phone = _written(MOST["contact_phone"])
    contact_email = _written(MOST["contact_email"])
    partners = _written(MOST["partners"])
    ip_wish = _written(MOST["ip_wish"])
    field = fields.String(load_default="", validate=validate.OneOf(("", *FIELDS)))
    keywords = fields.List(fields.String(), load_default=list, validate=validate.Length(max=20))
    modes = fields.List(fields.String(validate=validate.OneOf(MODES)), load_default=list)
    industry = _written(10)
    region = _written(10)
    starts_on = fields.Date(load_default=None, allow_none=True)
    ends_on = fields.Date(load_default=None, allow_none=True)
    budget_min_minor = s.sum_()
    budget_max_minor = s.sum_()
    currency = fields.String(load_default="CNY", validate=validate.OneOf(("CNY", "USD", "EUR")))
    closes_at = s.Moment(load_default=None, allow_none=True)
    anonymous = fields.Boolean(load_default=False)
    indicators = fields.List(
        fields.Nested(Row), load_default=list, validate=validate.Length(max=MOST_INDICATORS)
    )


class NeedWhole(Content):
    """A requirement as its seeker sees it, with what is missing before it can be handed in."""

    ref = s.text()
    number = s.maybe()
    state = s.text()
    state_reason = s.maybe()
    round_slug = s.text()
    updated_at = s.instant(required=True)
    missing = s.many(s.Fault)


class New(Schema):
    """Where a new requirement goes, and for whom."""

    round = fields.String(required=True, validate=validate.Length(max=80))
    organization = fields.String(required=True, validate=validate.Length(max=12))


class Why(Schema):
    """Why."""

    reason = fields.String(load_default="", validate=validate.Length(max=1000))


class Answer(Schema):
    """An answer, for everyone or for the asker alone."""

    answer = fields.String(required=True, validate=validate.Length(min=1, max=3000))
    public = s.flag()


class Question(s.Answered):
    """A question on a requirement of mine; nobody is told who asked."""


class EntryLine(s.HandedIn):
    """A solution that was handed in, as it stands."""

    quote_minor = s.sum_()
    currency = s.text()


class Agreement(Schema):
    """An agreement in a list."""

    ref = s.text()
    number = s.maybe()
    state = s.text()
    kind = s.text()
    title = s.text()
    currency = s.text()
    total_minor = s.sum_()
    updated_at = s.instant(required=True)
