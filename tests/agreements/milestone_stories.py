"""A signed agreement with milestones and payments, and the people on both sides."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.agreements import accepting, carrying_out, delivering, laying
from challenge.agreements.accepting import Finding, Verdict
from challenge.agreements.delivering import Handed, Measured
from challenge.agreements.milestone_models import AgreementPayment, Milestone
from challenge.agreements.models import Agreement, AgreementParty
from challenge.agreements.paying import Written
from challenge.base import clock
from challenge.files.receiving import Kept
from challenge.requirements.models import Requirement
from challenge.rules.agreements import Criterion, Party, Payment, Step, Terms, written
from challenge.rules.errors import InvalidMany
from challenge.rules.permissions import Actor
from tests.factories import (
    GrantFactory,
    OrganizationFactory,
    RequirementFactory,
    UserFactory,
    actor_of,
    organizer_of,
)

DAY = dt.timedelta(days=1)
CRITERIA = (
    Criterion("Miss rate", "%", "le", "0.5"),
    Criterion("Manual", level="should"),
)
MET = Measured("met", "0.4", "Test report, page 3")
PASSED, FAILED = Finding("passed", "Measured again."), Finding("failed")


def kept(name: str = "report") -> Kept:
    """A file that is stored already."""
    return Kept(hashlib.sha256(name.encode()).hexdigest(), 12, "application/pdf", f"{name}.pdf")


@dataclass
class Deal:
    """An agreement in force, and who stands around it."""

    db: Session
    need: Requirement
    agreement: Agreement
    terms: Terms
    firm: Organization
    institute: Organization
    buyer: User  # acts for the seeker
    maker: User  # acts for the solver
    organizer: User
    broker: User

    @property
    def as_buyer(self) -> Actor:
        return actor_of(self.buyer)

    @property
    def as_maker(self) -> Actor:
        return actor_of(self.maker)

    @property
    def as_organizer(self) -> Actor:
        return actor_of(self.organizer)

    @property
    def ref(self) -> str:
        return self.agreement.ref

    def milestones(self) -> list[Milestone]:
        """As they stand, in their order."""
        query = sa.select(Milestone).where(Milestone.agreement_id == self.agreement.id)
        return list(self.db.scalars(query.order_by(Milestone.position)))

    def payments(self) -> list[AgreementPayment]:
        """As they stand, in their order."""
        query = sa.select(AgreementPayment).where(AgreementPayment.agreement_id == self.agreement.id)
        return list(self.db.scalars(query.order_by(AgreementPayment.position)))

    def handed(self, ref: str = "", note: str = "") -> Handed:
        """A delivery with all that it needs."""
        return Handed(note, "10 cameras", "Lanzhou", {1: MET, 2: MET}, (kept(),), ref)

    def written(self, minor: int = 10_000_000, number: str = "", ref: str = "") -> Written:
        """An invoice or a payment of today."""
        return Written(carrying_out.day_of(self.agreement, clock.now(self.db)), minor, "CNY", number, ref)

    def delivered_and_accepted(self, place: int = 1) -> None:
        """A milestone is done."""
        number = delivering.deliver(self.db, self.as_maker, self.ref, place, self.handed()).number
        accepting.accept(self.db, self.as_buyer, self.ref, place, number, Verdict({1: PASSED, 2: PASSED}))


def terms_of(today: dt.date, milestones: int = 1, **changes: Any) -> Terms:
    """A contract of so many milestones, each with its payment."""
    steps = tuple(
        Step(f"Batch {n}", today + 30 * n * DAY, "Cameras and their manual", CRITERIA)
        for n in range(1, milestones + 1)
    )
    payments = tuple(Payment(f"Instalment {n}", 10_000_000, step=n) for n in range(1, milestones + 1))
    values: dict[str, Any] = {
        "kind": "development",
        "title": "Flaw vision",
        "parties": (Party("seeker", "Longyuan"), Party("solver", "Hexi Institute")),
        "payment": "instalments",
        "total_minor": 10_000_000 * milestones,
        "payments": payments,
        "milestones": steps,
        "ends_on": today + 400 * DAY,
    }
    return Terms(**values | changes)


def signed(db: Session, milestones: int = 1, state: str = "signed", **changes: Any) -> Deal:
    """It was signed and laid out a moment ago; `changes` are to its terms."""
    now = clock.now(db)
    firm = OrganizationFactory(name="陇原铝业", name_en="Longyuan")
    institute = OrganizationFactory(name="河西研究院", name_en="Hexi Institute")
    buyer = UserFactory(name="Bai Yu", represents=[firm])
    maker = UserFactory(name="Ma Ke", represents=[institute])
    need = RequirementFactory(state="agreed", seeker=firm, author_id=buyer.id)
    broker = UserFactory(name="Broker")
    GrantFactory(user_id=broker.id, role="broker", scope="programme", scope_id=need.round.programme_id)
    terms = terms_of(now.date(), milestones, **changes)
    agreement = Agreement(
        number=None if state in ("draft", "in_signature") else f"A-2026-{need.id:03d}",
        requirement_id=need.id,
        state=state,
        reason="The line was shut." if state == "terminated" else None,
        kind=terms.kind,
        title=terms.title,
        currency=terms.currency,
        total_minor=terms.total_minor,
        terms=written(terms),
        signed_at=now if state in ("signed", "registered", "completed") else None,
        registration_facts={},
        author_id=buyer.id,
    )
    db.add(agreement)
    db.flush()
    for place, (side, party) in enumerate((("seeker", firm), ("solver", institute)), start=1):
        db.add(AgreementParty(agreement_id=agreement.id, side=side, position=place, organization_id=party.id))
    laying.lay_out(db, agreement, terms, now)
    organizer = organizer_of(need.round.programme)
    return Deal(db, need, agreement, terms, firm, institute, buyer, maker, organizer, broker)


def count(db: Session, model: type) -> int:
    """How many rows there are."""
    return db.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def faults(refused: pytest.ExceptionInfo[InvalidMany]) -> dict[str, str]:
    """What was wrong, by field."""
    return {each.field: each.code for each in refused.value.faults}
