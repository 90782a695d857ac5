"""A published need, who sends it out, and who gets it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.distribution import contacts, sending
from challenge.distribution.models import ContactList, Dispatch, Posting, Recipient, Sending
from challenge.distribution.recipients import Choice
from challenge.distribution.sending import Order
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.permissions import Actor
from tests.factories import (
    GrantFactory,
    OrganizationFactory,
    RequirementFactory,
    RoundFactory,
    UserFactory,
    actor_of,
    organizer_of,
)


@dataclass
class Office:
    """A round with a published need, its organizer, a broker and a list of plain addresses."""

    db: Session
    round: Round
    need: Requirement
    organizer: User
    broker: User
    seeker: User
    lists: list[ContactList] = field(default_factory=list)

    @property
    def programme(self) -> Programme:
        return self.db.get_one(Programme, self.round.programme_id)

    @property
    def as_organizer(self) -> Actor:
        return actor_of(self.organizer)

    @property
    def as_broker(self) -> Actor:
        return actor_of(self.broker)

    def listed(self, *addresses: str) -> ContactList:
        """A contact list of these addresses."""
        name = f"List {len(self.lists)}"
        made = contacts.create(
            self.db,
            self.as_organizer,
            self.programme,
            name,
            "Signed at the fair.",
            "\n".join(addresses),
        )
        self.lists.append(made)
        return made

    def order(self, *addresses: str, people: tuple[User, ...] = (), **more: Any) -> Order:
        """An order of the need to these."""
        lists = frozenset({self.listed(*addresses).id}) if addresses else frozenset[int]()
        choice = Choice(people=frozenset(each.id for each in people), lists=lists)
        needs = more.pop("needs", [self.need])
        return Order(tuple(each.ref for each in needs), choice, **more)

    def send(self, *addresses: str, **more: Any) -> Sending:
        """Send the need to these, as the organizer."""
        made = sending.send(self.db, self.as_organizer, self.round.id, self.order(*addresses, **more))
        self.db.commit()
        return made

    def dispatch(self, address: str, need: Requirement | None = None) -> Dispatch:
        """The dispatch of the need to an address, read anew."""
        query = (
            sa.select(Dispatch)
            .join(Recipient, Recipient.id == Dispatch.recipient_id)
            .where(Recipient.address == address, Dispatch.requirement_id == (need or self.need).id)
        )
        return self.db.scalars(query.execution_options(populate_existing=True)).one()

    def recipient(self, address: str) -> Recipient:
        """The recipient behind an address, read anew."""
        query = sa.select(Recipient).where(Recipient.address == address)
        return self.db.scalars(query.execution_options(populate_existing=True)).one()

    def posting(self, address: str) -> Posting:
        """The newest message to an address."""
        query = sa.select(Posting).where(Posting.recipient_id == self.recipient(address).id)
        return self.db.scalars(query.order_by(Posting.id.desc()).limit(1)).one()


def office(db: Session, **values: Any) -> Office:
    """The office, with a need of a named seeker unless said otherwise."""
    round_ = RoundFactory()
    seeker = values.pop("seeker_organization", None) or OrganizationFactory(
        name="陇原铝业", name_en="Longyuan Aluminium"
    )
    usual = {"title_en": "Low-light flaw vision", "title_zh": "弱光瑕疵检测", "number": "R-2026-001"}
    need = RequirementFactory(round=round_, seeker=seeker, **usual | values)
    broker = UserFactory(name="Broker Bai")
    GrantFactory(user_id=broker.id, role="broker", scope="programme", scope_id=round_.programme_id)
    return Office(db, round_, need, organizer_of(round_.programme), broker, UserFactory(represents=[seeker]))
