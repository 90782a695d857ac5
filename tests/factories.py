"""Things for tests: a test names only what matters, factories fill the rest.

Every factory adds to the session of `db` and flushes; nothing is committed, so a test that needs another
connection (a browser, a worker) commits itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import factory

from challenge.accounts.grants import actor_of as _actor_of
from challenge.accounts.models import User
from challenge.base import clock
from challenge.base.db import db
from challenge.judging.models import Assignment, Criterion, PanelJudge, Phase
from challenge.requirements.models import Indicator, Requirement
from challenge.rounds.models import Prize, Programme, Round, RoundWindow, Theme
from challenge.rules.permissions import Actor
from challenge.rules.stages import WINDOWED, Stage
from challenge.submissions.models import Submission, TeamMember
from tests.factory_people import (
    PASSWORD,
    GrantFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    _Base,
    password_hash,
)

__all__ = [
    "PASSWORD",
    "GrantFactory",
    "MembershipFactory",
    "OrganizationFactory",
    "UserFactory",
    "password_hash",
]
DAY = dt.timedelta(days=1)


class ProgrammeFactory(_Base):
    class Meta:
        model = Programme

    slug = factory.Sequence(lambda n: f"programme-{n}")
    title_zh = factory.Sequence(lambda n: f"第{n}创新挑战赛")
    title_en = factory.Sequence(lambda n: f"Innovation Challenge {n}")
    host = factory.SubFactory(OrganizationFactory, kind="agency")


class RoundFactory(_Base):
    """A public round at `stage` now: its window has been open for a day and stays open for ten.

    Pass `windows={Stage.SUBMISSION: (opens_at, closes_at), ...}` for exact times.
    """

    class Meta:
        model = Round

    class Params:
        now = factory.LazyFunction(lambda: clock.now(db.session))

    slug = factory.Sequence(lambda n: f"round-{n}")
    programme = factory.SubFactory(ProgrammeFactory)
    title_zh = factory.Sequence(lambda n: f"第{n}赛季")
    title_en = factory.Sequence(lambda n: f"Round {n}")
    stage = Stage.SUBMISSION
    public = factory.LazyAttribute(lambda o: o.stage != Stage.DRAFT)
    launched_at = factory.LazyAttribute(lambda o: None if o.stage == Stage.DRAFT else o.now - 90 * DAY)
    cancelled_at = factory.LazyAttribute(lambda o: o.now if o.stage == Stage.CANCELLED else None)
    sort_at = factory.LazyAttribute(lambda o: o.now + 10 * DAY)

    @factory.post_generation
    def windows(
        self, _create: bool, exact: dict[Stage, tuple[dt.datetime, dt.datetime]] | None, **_kw: Any
    ) -> None:
        round_: Any = self
        now = clock.now(db.session)
        spans = usual_windows(Stage(round_.stage), now) | (exact or {})
        for position, stage in enumerate(WINDOWED, start=1):
            opens_at, closes_at = spans[stage]
            db.session.add(
                RoundWindow(
                    round_id=round_.id,
                    stage=stage.value,
                    position=position,
                    opens_at=opens_at,
                    closes_at=closes_at,
                    first_closes_at=closes_at,
                    opened_at=opens_at if opens_at <= now and round_.launched_at else None,
                    closed_at=closes_at if closes_at <= now and round_.launched_at else None,
                )
            )
        db.session.flush()
        db.session.refresh(round_, ["windows", "programme"])
        db.session.refresh(round_.programme, ["host"])


def usual_windows(stage: Stage, now: dt.datetime) -> dict[Stage, tuple[dt.datetime, dt.datetime]]:
    """Four windows of ten days and a day of pause between, placed so that `stage` opened a day ago."""
    order = list(WINDOWED)
    at = len(order) if stage is Stage.CLOSED else -1 if stage is Stage.DRAFT else None
    if at is None:
        at = order.index(stage) if stage in order else 1
    first = now - DAY - at * 11 * DAY
    return {each: (first + i * 11 * DAY, first + i * 11 * DAY + 10 * DAY) for i, each in enumerate(order)}


class RequirementFactory(_Base):
    """A published requirement with one numeric indicator."""

    class Meta:
        model = Requirement

    round = factory.SubFactory(RoundFactory)
    seeker = factory.SubFactory(OrganizationFactory)
    state = "published"
    title_zh = factory.Sequence(lambda n: f"第{n}项需求")
    title_en = factory.Sequence(lambda n: f"Requirement {n}")
    summary_zh = "摘要"
    summary_en = "A summary."
    problem_zh = "要解决的问题。"
    problem_en = "The problem to solve."
    field = "electronics"
    modes = factory.LazyFunction(lambda: ["joint"])
    keywords = factory.LazyFunction(lambda: ["vision"])
    budget_min_minor = 60_000_000
    budget_max_minor = 100_000_000

    @factory.post_generation
    def indicators(self, _create: bool, rows: Iterable[dict[str, Any]] | None, **_kw: Any) -> None:
        rows = [{}] if rows is None else list(rows)
        for position, row in enumerate(rows, start=1):
            IndicatorFactory(requirement_id=self.id, position=position, **row)  # type: ignore[attr-defined]


class IndicatorFactory(_Base):
    class Meta:
        model = Indicator

    position = 1
    name_zh = "检出率"
    name_en = "Detection rate"
    unit = "%"
    comparison = "ge"
    target = "99.2"
    level = "must"


PROPOSED = {
    "title": "Polarised low-light vision",
    "summary": "Four-direction micro-polarisers.",
    "proposal": "We replace the line-scan camera.",
    "trl_now": 6,
    "trl_delivery": 8,
    "quote": 80_000_000,
    "schedule": "Six months.",
    "original": 1,
    "indicators": {},
}


class SubmissionFactory(_Base):
    """A submission of `owner` with `team=[user, ...]` beside; its round is its requirement's."""

    class Meta:
        model = Submission

    class Params:
        owner = factory.SubFactory(UserFactory)

    requirement = factory.SubFactory(RequirementFactory)
    round_id = factory.LazyAttribute(lambda o: o.requirement.round_id or o.requirement.round.id)
    code = factory.Sequence(lambda n: f"S-{n:04d}")
    owner_id = factory.LazyAttribute(lambda o: o.owner.id)
    state = "draft"
    title = ""
    values = factory.LazyFunction(lambda: dict(PROPOSED))

    @classmethod
    def _adjust_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        """`summary="..."` and its like stand in the values, `title` there and in the row."""
        given = {name: kwargs.pop(name) for name in PROPOSED if name in kwargs and kwargs[name] != ""}
        kwargs["values"] = {**kwargs["values"], **given}
        if kwargs.pop("untitled", False):
            kwargs["values"]["title"] = ""
        return {**kwargs, "title": kwargs["values"]["title"]}

    @factory.post_generation
    def team(self, _create: bool, people: Iterable[User] | None, **_kw: Any) -> None:
        me: Any = self
        owner = db.session.get(User, me.owner_id)
        for person in [*([owner] if owner else []), *(people or ())]:
            db.session.add(
                TeamMember(submission_id=me.id, user_id=person.id, email=person.email, name=person.name)
            )
        db.session.flush()


class PhaseFactory(_Base):
    """A judging phase with two criteria of 0-10 in steps of 0.5, weights 3 and 2."""

    class Meta:
        model = Phase

    round_id = factory.LazyAttribute(lambda _: RoundFactory(stage=Stage.JUDGING).id)
    per_entry = 3
    method = factory.LazyFunction(dict)

    @factory.post_generation
    def criteria(self, _create: bool, rows: Iterable[dict[str, Any]] | None, **_kw: Any) -> None:
        usual = [{"name_en": "Fit", "weight": Decimal(3)}, {"name_en": "Innovation", "weight": Decimal(2)}]
        for position, row in enumerate(usual if rows is None else rows, start=1):
            CriterionFactory(phase_id=self.id, position=position, **row)  # type: ignore[attr-defined]


class CriterionFactory(_Base):
    class Meta:
        model = Criterion

    position = 1
    name_zh = "符合度"
    name_en = "Fit"
    minimum = Decimal(0)
    maximum = Decimal(10)
    step = Decimal("0.5")
    weight = Decimal(1)


class PanelJudgeFactory(_Base):
    """`user=` a person with an account; they hold the judge role for the phase."""

    class Meta:
        model = PanelJudge

    class Params:
        user = factory.SubFactory(UserFactory)

    user_id = factory.LazyAttribute(lambda o: o.user.id)
    label = factory.Sequence(lambda n: f"J{n}")


class AssignmentFactory(_Base):
    class Meta:
        model = Assignment

    state = "accepted"


class PrizeFactory(_Base):
    class Meta:
        model = Prize

    position = 1
    name_zh = "一等奖"
    name_en = "First prize"
    scope = "round"
    slots = 1
    amount_minor = 10_000_000


def actor_of(user: User) -> Actor:
    """The person as the permission table sees them, roles read now."""
    db.session.flush()
    return _actor_of(db.session, user)


def organizer_of(programme: Programme) -> User:
    """A person who organizes the programme."""
    user: User = UserFactory(organizes=[programme])
    return user


class ThemeFactory(_Base):
    """A track of a round."""

    class Meta:
        model = Theme

    position = 1
    name_zh = factory.Sequence(lambda n: f"第{n}赛道")
    name_en = factory.Sequence(lambda n: f"Track {n}")
