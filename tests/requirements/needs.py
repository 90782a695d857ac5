"""A need as a seeker would write it, and the people around it, for tests of requirements."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from challenge.accounts.models import Organization, User
from challenge.requirements.content import Content, IndicatorRow
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.errors import Refused
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from tests.factories import (
    OrganizationFactory,
    RequirementFactory,
    RoundFactory,
    UserFactory,
    actor_of,
    organizer_of,
)

DETECTION = IndicatorRow(
    name_zh="检出率", name_en="Detection rate", unit="%", comparison="ge", target="99.20"
)
OFFLINE = IndicatorRow(name_en="Runs without internet", comparison="yes")
WHOLE = Content(
    title_zh="弱光产线表面瑕疵视觉检测",
    title_en="Low-light surface-flaw vision",
    summary_en="Find flaws on aluminium strip below 15 lx.",
    problem_zh="铝带冷轧产线夜间照度低于 15 lx，现有相机的漏检率为 3.1 %。",
    problem_en="Our line runs below 15 lx at night; the present cameras miss 3.1 % of flaws.",
    goals="Halve the coils that come back.",
    confidential_part="The line is number 4 in the north hall.",
    field="electronics",
    keywords=("vision", "aluminium"),
    modes=("joint",),
    region="620100",
    industry="C32",
    partners="A university with a pilot line",
    starts_on=dt.date(2027, 1, 1),
    ends_on=dt.date(2027, 12, 31),
    contact_name="Ma Lin",
    contact_phone="0931-1234567",
    contact_email="ma@example.org",
    ip_wish="Shared",
    budget_min_minor=60_000_000,
    budget_max_minor=100_000_000,
    indicators=(DETECTION, OFFLINE),
)


def need(**changes: Any) -> Content:
    """A complete need, but for these changes."""
    return dataclasses.replace(WHOLE, **changes)


@dataclass
class Call:
    """A round whose call is open, its organizer, a seeker and who speaks for it."""

    round: Round
    seeker: Organization
    representative: User
    organizer: User

    @property
    def as_seeker(self) -> Actor:
        return actor_of(self.representative)

    @property
    def as_organizer(self) -> Actor:
        return actor_of(self.organizer)

    def requirement(self, **values: Any) -> Requirement:
        """One of the seeker's requirements; a draft unless said otherwise."""
        made: Requirement = RequirementFactory(
            **{"round": self.round, "seeker": self.seeker, "state": "draft", **values}
        )
        return made


def open_call(stage: Stage = Stage.REQUIREMENTS, **round_values: Any) -> Call:
    """A round at its call for requirements (or another stage) with the people who act in it."""
    round_ = RoundFactory(stage=stage, **round_values)
    seeker = OrganizationFactory(name="陇原铝业", name_en="Longyuan Aluminium")
    return Call(round_, seeker, UserFactory(represents=[seeker]), organizer_of(round_.programme))


def codes(refusal: Refused) -> dict[str, str]:
    """What was refused: field -> code."""
    return {fault.field: fault.code for fault in refusal.faults}  # type: ignore[attr-defined]
