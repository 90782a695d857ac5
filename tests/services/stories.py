"""A centre with a branch and a service on offer, a firm that asks, and who could do it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.rules.permissions import Actor
from challenge.services import asking, catalogue, running
from challenge.services.asking import Wish
from challenge.services.catalogue import ServiceFacts
from challenge.services.models import Service, ServiceRequest
from tests.factories import GrantFactory, OrganizationFactory, UserFactory, actor_of

FACTS = ServiceFacts(
    kind="transfer",
    name_zh="技术转移咨询",
    name_en="Technology transfer advice",
    text_zh="帮助企业找到合适的技术。",
    text_en="We help a firm to the right technology.",
    fee_en="Free for members",
    lasts_en="Two weeks",
)


@dataclass
class House:
    """The centre, its branch, and the people around a service."""

    db: Session
    centre: Organization
    branch: Organization
    firm: Organization
    organizer: User
    manager: User  # of the branch
    expert: User  # a member of the centre
    asker: User
    service: Service

    @property
    def as_organizer(self) -> Actor:
        return actor_of(self.organizer)

    @property
    def as_manager(self) -> Actor:
        return actor_of(self.manager)

    @property
    def as_expert(self) -> Actor:
        return actor_of(self.expert)

    @property
    def as_asker(self) -> Actor:
        return actor_of(self.asker)

    def offer(self, provider: Organization | None = None, **more: str) -> Service:
        """One more service of the centre on offer."""
        values = {name: getattr(FACTS, name) for name in ("kind", "name_zh", "name_en", "text_zh", "text_en")}
        written = ServiceFacts(**{**values, **more})
        made = catalogue.create(
            self.db, self.as_organizer, self.centre.id, written, (provider or self.centre).id
        )
        return catalogue.offer(self.db, self.as_organizer, made.ref)

    def ask(self, text: str = "We look for a coating.", service: Service | None = None) -> ServiceRequest:
        """The firm asks."""
        return asking.ask(self.db, self.as_asker, (service or self.service).ref, Wish(text, self.firm.id))

    def done(self, text: str = "We look for a coating.", service: Service | None = None) -> ServiceRequest:
        """Asked, and done."""
        request = self.ask(text, service)
        running.assign(self.db, self.as_organizer, request.ref, self.expert.ref)
        return running.finish(self.db, self.as_expert, request.ref)


def house(db: Session) -> House:
    """The house, with one service on offer."""
    centre = OrganizationFactory(name="河西中心", name_en="Hexi Centre", kind="agency")
    branch = OrganizationFactory(
        name="张掖分中心", name_en="Zhangye Branch", kind="agency", parent_id=centre.id
    )
    firm = OrganizationFactory(name="陇原铝业", name_en="Longyuan Aluminium")
    organizer, manager = UserFactory(name="Ma Xiao"), UserFactory(name="Bai Yu")
    GrantFactory(user_id=organizer.id, role="organizer", scope="organization", scope_id=centre.id)
    GrantFactory(user_id=manager.id, role="manager", scope="organization", scope_id=branch.id)
    people = {
        "expert": UserFactory(name="Lin Fan", represents=[centre]),
        "asker": UserFactory(represents=[firm]),
    }
    made = catalogue.create(db, actor_of(organizer), centre.id, FACTS)
    catalogue.offer(db, actor_of(organizer), made.ref)
    return House(db, centre, branch, firm, organizer, manager, service=made, **people)


def values() -> dict[str, str]:
    """What a line of the catalogue says, as its form sends it."""
    names = ("kind", "name_zh", "name_en", "text_zh", "text_en")
    return {name: getattr(FACTS, name) for name in names}
