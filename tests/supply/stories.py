"""Achievements and experts for stories."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.supply import achievements, experts
from challenge.supply.achievements import Owner
from challenge.supply.content import Content
from challenge.supply.experts import Profile
from challenge.supply.models import Achievement
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory, actor_of

WHOLE = Content(
    title_zh="水下激光焊接装置",
    title_en="Underwater laser welding head",
    summary_zh="在三十米水深焊接不锈钢。",
    summary_en="Welds stainless steel at a depth of thirty metres.",
    detail="CANARY-SECRET nozzle pressure 4.2 bar",
    field="manufacturing",
    keywords=("焊接", "laser"),
    trl=6,
    ip_status="patent_granted",
    modes=("licence",),
    price_minor=1_200_000_00,
    region="620000",
)
KNOWN = Profile(
    keywords="固态电池, electrolytes",
    languages=("zh", "en"),
    field="energy",
    region="310000",
    about_zh="研究固态电解质。",
    listed=True,
)


def owning(db: Session) -> tuple[User, Organization]:
    """Somebody who speaks for an organization."""
    seat = MembershipFactory(user=UserFactory(), organization=OrganizationFactory(), representative=True)
    return seat.user, seat.organization


def offered(db: Session, *, owner: User | None = None, **changes: object) -> Achievement:
    """A published achievement: of an organization, or of `owner` as a person."""
    content = replace(WHOLE, **changes)  # type: ignore[arg-type]
    if owner is not None:
        person, belongs = owner, Owner(person_id=owner.id)
    else:
        person, organization = owning(db)
        belongs = Owner(organization_id=organization.id)
    made = achievements.create(db, actor_of(person), belongs, content)
    return achievements.publish(db, actor_of(person), made.ref)


def expert(db: Session, name: str = "Chen Yu", **changes: object) -> User:
    """A listed expert."""
    person = UserFactory(name=name)
    experts.save_profile(db, actor_of(person), replace(KNOWN, **changes))  # type: ignore[arg-type]
    return person
