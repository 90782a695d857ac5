"""Results and judging as everyone reads them, in shape."""

from __future__ import annotations

from marshmallow import Schema

from challenge.api import shapes as s


class ResultLine(Schema):
    """A round with a public notice or published results."""

    slug = s.text()
    title_zh = s.maybe()
    title_en = s.maybe()
    programme_title_zh = s.maybe()
    programme_title_en = s.maybe()
    notice_starts_at = s.instant()
    notice_ends_at = s.instant()
    published_at = s.instant()
    awards = s.number()
    entries = s.number()


class Winner(Schema):
    """An award that is public."""

    award_ref = s.text()
    state = s.text()
    prize_zh = s.maybe()
    prize_en = s.maybe()
    slot = s.number()
    amount_minor = s.sum_()
    currency = s.text()
    title = s.text()
    code = s.text()
    team = s.text()
    requirement_ref = s.maybe()
    requirement_number = s.maybe()


class Outcome(Schema):
    """What became of one requirement."""

    requirement_ref = s.text()
    number = s.maybe()
    verdict = s.text()
    reason = s.maybe()
    solution = s.maybe()
    team = s.maybe()


class Results(Schema):
    """The public notice or the results of a round."""

    starts_at = s.instant()
    ends_at = s.instant()
    published_at = s.instant()
    winners = s.many(Winner)
    outcomes = s.many(Outcome)


class Criterion(s.Scale):
    """A criterion as published."""


class Panelist(Schema):
    """A judge as the public sees one."""

    label = s.text()
    name = s.text()
    affiliation = s.text()


class Panel(Schema):
    """How a phase is judged."""

    number = s.number()
    kind = s.text()
    name_zh = s.maybe()
    name_en = s.maybe()
    blindness = s.text()
    way = s.text()
    opens_at = s.instant()
    closes_at = s.instant()
    criteria = s.many(Criterion)
    judges = s.many(Panelist)


class Ranked(Schema):
    """One line of a published ranking. Title and team are null where the entry was not chosen."""

    position = s.number()
    place = s.number(required=False)
    shared = s.flag()
    total = s.exact()
    code = s.text()
    title = s.maybe()
    team = s.maybe()
    requirement_ref = s.maybe()
