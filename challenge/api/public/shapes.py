"""What everyone reads, in shape."""

from __future__ import annotations

from marshmallow import Schema, fields

from challenge.api import shapes as s


class Window(Schema):
    """One of the four windows of a round, and how it stands."""

    stage = s.text()
    opens_at = s.instant()
    closes_at = s.instant()
    state = s.text(metadata={"description": "none, done, now or next"})
    grace_seconds = s.number()


class RoundLine(Schema):
    """A round in a list."""

    slug = s.text()
    title_zh = s.maybe()
    title_en = s.maybe()
    summary_zh = s.maybe()
    summary_en = s.maybe()
    zone = s.text()
    stage = s.text()
    rolling = s.flag()
    programme_slug = s.text()
    programme_title_zh = s.maybe()
    programme_title_en = s.maybe()
    host_name = s.text()
    host_name_en = s.maybe()
    requirement_count = s.number()
    submission_count = s.number()
    prize_minor = s.sum_()
    currency = s.text()
    launched_at = s.instant()
    cancelled_at = s.instant()
    windows = s.many(Window)


class Prize(Schema):
    """What can be won."""

    name_zh = s.maybe()
    name_en = s.maybe()
    scope = s.text()
    slots = s.number()
    amount_minor = s.sum_()
    currency = s.text()
    text = s.maybe()


class LongText(Schema):
    """A long text of a round, as clean HTML."""

    kind = s.text()
    lang = s.text()
    html = s.text()


class RoundWhole(RoundLine):
    """A round as its page tells it."""

    notice_days = s.number()
    announcements = s.number()
    resources = s.number()
    has_teammates = s.flag()
    has_public_vote = s.flag()
    cancelled_reason = s.maybe()
    prizes = s.many(Prize)
    texts = s.many(LongText)


class Announcement(Schema):
    """A dated word from the organizer, as Markdown."""

    title_zh = s.maybe()
    title_en = s.maybe()
    body_zh = s.maybe()
    body_en = s.maybe()
    created_at = s.instant(required=True)


class Change(Schema):
    """A window that was extended or closed early, or a cancel: with its reason."""

    kind = s.text()
    stage = s.maybe()
    before_at = s.instant()
    after_at = s.instant()
    reason = s.text()
    created_at = s.instant(required=True)


class Question(Schema):
    """A question that was answered for everyone."""

    ref = s.text()
    body = s.text()
    answer = s.text()
    created_at = s.instant(required=True)
    answered_at = s.instant(required=True)
    corrected_at = s.instant()
    requirement_ref = s.maybe()


class Indicator(Schema):
    """One indicator of a requirement."""

    position = s.number()
    name_zh = s.maybe()
    name_en = s.maybe()
    unit = s.text()
    comparison = s.text()
    target = s.maybe()
    level = s.text()


class NeedLine(Schema):
    """A requirement in a list. The seeker is null where it is anonymous."""

    ref = s.text()
    number = s.maybe()
    state = s.text()
    title_zh = s.maybe()
    title_en = s.maybe()
    summary_zh = s.maybe()
    summary_en = s.maybe()
    field = s.maybe()
    modes = s.many(fields.String())
    budget_min_minor = s.sum_()
    budget_max_minor = s.sum_()
    currency = s.text()
    submission_count = s.number()
    question_count = s.number()
    published_at = s.instant()
    opens_at = s.instant()
    closes_at = s.instant()
    anonymous = s.flag()
    seeker_zh = s.maybe()
    seeker_en = s.maybe()
    round_slug = s.text()
    indicators = s.many(Indicator)


class NeedWhole(NeedLine):
    """A requirement as its page tells it."""

    problem_zh = s.maybe()
    problem_en = s.maybe()
    goals = s.text()
    keywords = s.many(fields.String())
    industry = s.maybe()
    region = s.maybe()
    partners = s.text()
    starts_on = s.day()
    ends_on = s.day()
    ip_wish = s.text()
    version = s.number()
    updated_at = s.instant(required=True)


class Find(Schema):
    """A find of a search."""

    kind = s.text()
    address = s.text()
    title_zh = s.maybe()
    title_en = s.maybe()
    owner_zh = s.maybe()
    owner_en = s.maybe()
    field = s.maybe()
    region = s.maybe()
    stage = s.maybe()
    trl = s.number(required=False)
    low_minor = s.sum_()
    high_minor = s.sum_()
    currency = s.text()
    at = s.instant(required=True)


class FunnelStep(Schema):
    """A step of the funnel, and the requirements behind it."""

    key = s.text()
    label = s.text()
    count = s.number()
    needs = s.number()
    seekers = s.number()


class Programme(Schema):
    """A programme with the steps of its funnel."""

    slug = s.text()
    title_zh = s.maybe()
    title_en = s.maybe()
    steps = s.many(FunnelStep)


class Funnel(Schema):
    """From needs to results, of the whole site."""

    steps = s.many(FunnelStep)
    amount = s.text()
