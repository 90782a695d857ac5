"""A centre with two branches, and whoever acts in them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.requirements import services
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.stages import Stage
from tests.factories import (
    GrantFactory,
    OrganizationFactory,
    ProgrammeFactory,
    RoundFactory,
    UserFactory,
    actor_of,
    organizer_of,
)
from tests.requirements.needs import need


@dataclass
class Tree:
    """A national centre that hosts a round, its two branches, a seeker of the first, and who manages what."""

    db: Session
    centre: Organization
    north: Organization
    south: Organization
    round: Round
    seeker: Organization
    speaker: User
    boss: User
    chief: User
    sibling: User
    organizer: User

    def handed_in(self, seeker: Organization | None = None, **changes: object) -> Requirement:
        """A need that the north's seeker (or another) hands in to the centre's round."""
        seeker = seeker or self.seeker
        speaker = self.speaker if seeker is self.seeker else UserFactory(represents=[seeker])
        draft = services.create(self.db, actor_of(speaker), self.round.id, seeker.id, need(**changes))
        return services.submit(self.db, actor_of(speaker), draft.ref)


def manager_of(organization: Organization) -> User:
    person: User = UserFactory()
    GrantFactory(user_id=person.id, role="manager", scope="organization", scope_id=organization.id)
    return person


def centre(db: Session) -> Tree:
    """It, with a round that calls for needs and screens in two steps."""
    top = OrganizationFactory(name="国家中心", name_en="National Centre", kind="agency")
    north = OrganizationFactory(
        name="北方分中心", name_en="Northern Branch", parent_id=top.id, region="620000"
    )
    south = OrganizationFactory(
        name="南方分中心", name_en="Southern Branch", parent_id=top.id, region="440000"
    )
    seeker = OrganizationFactory(name_en="Aluminium Works", region="620000")
    round_ = RoundFactory(stage=Stage.REQUIREMENTS, programme=ProgrammeFactory(host=top), screening_steps=2)
    return Tree(
        *(db, top, north, south, round_, seeker, UserFactory(represents=[seeker])),
        *(manager_of(top), manager_of(north), manager_of(south)),
        organizer_of(round_.programme),
    )
