"""Reads of an agreement carried out: its board, one milestone, the report, and what is due to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from challenge.agreements.milestone_models import (
    AgreementPayment,
    ClosingReport,
    Delivery,
    DeliveryFile,
    DeliveryResult,
    Handover,
    Milestone,
    MilestoneCriterion,
    PaymentEntry,
)
from challenge.agreements.models import Agreement, AgreementParty
from challenge.distribution.models import Care
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules import milestones as rules
from challenge.rules.errors import NotFound
from challenge.rules.milestones import IN_FORCE
from challenge.rules.permissions import Actor

OPEN = ("planned", "returned")
SOON = dt.timedelta(days=14)
MOST = 300


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment with what was invoiced and paid of it, in minor units."""

    payment: AgreementPayment
    entries: Sequence[PaymentEntry]

    @property
    def invoiced(self) -> int:
        """What the invoices sum up to."""
        return sum(each.amount_minor for each in self.entries if each.kind == "invoice")

    @property
    def paid(self) -> int:
        """What was paid."""
        return sum(each.amount_minor for each in self.entries if each.kind == "payment")

    @property
    def left(self) -> int:
        """What is still to be paid."""
        return rules.left(self.payment.amount_minor, (self.paid,))

    def overdue(self, today: dt.date) -> bool:
        """Whether its day has passed and not all of it was paid."""
        return self.payment.state != "paid" and is_past(self.payment.due_on, today)


@dataclass(frozen=True, slots=True)
class Board:
    """The milestones of an agreement, its payments, its handover records by the milestone's key."""

    milestones: Sequence[Milestone]
    payments: Sequence[PaymentRow]
    handovers: dict[int, Handover] = field(default_factory=dict)

    @property
    def planned(self) -> int:
        """What the payments sum up to, in minor units."""
        return sum(row.payment.amount_minor for row in self.payments)

    @property
    def invoiced(self) -> int:
        """What was invoiced of it."""
        return sum(row.invoiced for row in self.payments)

    @property
    def paid(self) -> int:
        """What was paid of it."""
        return sum(row.paid for row in self.payments)

    @property
    def left(self) -> int:
        """What is still to be paid."""
        return sum(row.left for row in self.payments)

    def due_with(self, milestone: Milestone) -> int:
        """What is due once this milestone is accepted."""
        rows = (row.payment for row in self.payments)
        return sum(each.amount_minor for each in rows if each.milestone_id == milestone.id)

    @property
    def open(self) -> int:
        """How many milestones are not accepted yet."""
        return sum(each.state != "accepted" for each in self.milestones)


def is_past(day: dt.date | None, today: dt.date) -> bool:
    """Whether the day is over."""
    return day is not None and day < today


def overdue(milestone: Milestone, today: dt.date) -> bool:
    """Whether its day has passed and it was not delivered, or was given back."""
    return milestone.state in OPEN and is_past(milestone.due_on, today)


def board(session: Session, agreement: Agreement) -> Board:
    """All of it (three statements)."""
    query = (
        sa.select(Milestone, Handover)
        .outerjoin(Delivery, sa.and_(Delivery.milestone_id == Milestone.id, Delivery.state == "accepted"))
        .outerjoin(Handover, Handover.delivery_id == Delivery.id)
        .where(Milestone.agreement_id == agreement.id)
        .order_by(Milestone.position)
    )
    rows: Sequence[Any] = session.execute(query).all()
    handovers = {row[0].id: row[1] for row in rows if row[1] is not None}
    return Board([row[0] for row in rows], payments(session, agreement), handovers)


def payments(session: Session, agreement: Agreement) -> list[PaymentRow]:
    """The payments in their order, each with its parts (two statements)."""
    query = (
        sa.select(AgreementPayment)
        .where(AgreementPayment.agreement_id == agreement.id)
        .options(
            joinedload(AgreementPayment.milestone),
            selectinload(AgreementPayment.entries).joinedload(PaymentEntry.author),
        )
        .order_by(AgreementPayment.position)
    )
    return [PaymentRow(each, each.entries) for each in session.scalars(query)]


def deliveries(session: Session, milestone: Milestone) -> list[Delivery]:
    """What was delivered, the newest first, with results, files and who signed off (three statements)."""
    query = (
        sa.select(Delivery)
        .where(Delivery.milestone_id == milestone.id)
        .options(
            selectinload(Delivery.results),
            selectinload(Delivery.files),
            joinedload(Delivery.deliverer),
            joinedload(Delivery.ruler),
        )
        .order_by(Delivery.number.desc())
    )
    return list(session.scalars(query))


def handover_of(session: Session, milestone: Milestone) -> Handover | None:
    """The handover record of a milestone (one statement)."""
    query = sa.select(Handover).join(Delivery, Delivery.id == Handover.delivery_id)
    return session.scalar(query.where(Delivery.milestone_id == milestone.id))


def file_at(session: Session, milestone: Milestone, number: int, place: int) -> DeliveryFile:
    """A file of a delivery (one statement); raises NotFound."""
    query = (
        sa.select(DeliveryFile)
        .join(Delivery, Delivery.id == DeliveryFile.delivery_id)
        .where(Delivery.milestone_id == milestone.id, Delivery.number == number)
        .where(DeliveryFile.position == place)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def report(session: Session, agreement: Agreement) -> ClosingReport | None:
    """The closing report, once somebody has begun it (one statement)."""
    return session.scalar(sa.select(ClosingReport).where(ClosingReport.agreement_id == agreement.id))


def found_in(
    milestone: Milestone, delivery: Delivery | None
) -> list[tuple[MilestoneCriterion, DeliveryResult | None]]:
    """Each criterion of a milestone with what a delivery of it showed; both are loaded with their rows."""
    by_criterion = {each.criterion_id: each for each in (delivery.results if delivery else ())}
    return [(each, by_criterion.get(each.id)) for each in milestone.criteria]


def results(session: Session, agreement: Agreement) -> list[tuple[Milestone, Delivery | None]]:
    """Every milestone with its criteria, and its last delivery with what was found (four statements)."""
    query = sa.select(Milestone).where(Milestone.agreement_id == agreement.id)
    found = session.scalars(
        query.options(selectinload(Milestone.criteria)).order_by(Milestone.position)
    ).all()
    last = (
        sa.select(Delivery)
        .join(Milestone, Milestone.id == Delivery.milestone_id)
        .where(Milestone.agreement_id == agreement.id, Delivery.number == Milestone.deliveries)
        .options(selectinload(Delivery.results))
    )
    by_milestone = {each.milestone_id: each for each in session.scalars(last)}
    return [(each, by_milestone.get(each.id)) for each in found]


@dataclass(frozen=True, slots=True)
class DueRow:
    """Something that is due, or waits: what, of which agreement, whose turn it is, since or until when."""

    kind: str  # milestone, delivery, payment
    ref: str
    title: str
    number: str | None
    label: str
    place: int
    turn: str  # seeker or solver
    day: dt.date | None
    late: bool


def due(session: Session, actor: Actor, today: dt.date) -> list[DueRow]:
    """What is due within two weeks, is overdue, or waits for a ruling, the oldest day first (two statements).

    In the agreements that concern this person: as a party, as organizer of the round, as the need's broker.
    """
    rows = [*_due_milestones(session, actor, today), *_due_payments(session, actor, today)]
    return sorted(rows, key=lambda row: (row.day or today, row.ref, row.kind, row.place))


def _due_milestones(session: Session, actor: Actor, today: dt.date) -> list[DueRow]:
    soon = sa.and_(Milestone.state.in_(OPEN), Milestone.due_on <= today + SOON)
    query = (
        sa.select(Agreement.ref, Agreement.title, Agreement.number, Milestone)
        .join(Milestone, Milestone.agreement_id == Agreement.id)
        .where(Agreement.state.in_(IN_FORCE), sa.or_(soon, Milestone.state == "delivered"), concerns(actor))
        .order_by(Milestone.due_on, Milestone.id)
        .limit(MOST)
    )
    return [_milestone_row(*row, today) for row in session.execute(query)]


def _milestone_row(ref: str, title: str, number: str | None, each: Milestone, today: dt.date) -> DueRow:
    if each.state == "delivered" and each.delivered_at is not None:
        since = each.delivered_at.date()
        late = (today - since).days >= rules.WAIT_DAYS
        return DueRow("delivery", ref, title, number, each.title, each.position, "seeker", since, late)
    late = overdue(each, today)
    return DueRow("milestone", ref, title, number, each.title, each.position, "solver", each.due_on, late)


def _due_payments(session: Session, actor: Actor, today: dt.date) -> list[DueRow]:
    query = (
        sa.select(Agreement.ref, Agreement.title, Agreement.number, AgreementPayment)
        .join(AgreementPayment, AgreementPayment.agreement_id == Agreement.id)
        .where(Agreement.state.in_((*IN_FORCE, "completed")), AgreementPayment.state != "paid")
        .where(AgreementPayment.due_on <= today + SOON, concerns(actor))
        .order_by(AgreementPayment.due_on, AgreementPayment.id)
        .limit(MOST)
    )
    return [
        DueRow(
            *("payment", ref, title, number, each.label, each.position, "seeker", each.due_on),
            is_past(each.due_on, today),
        )
        for ref, title, number, each in session.execute(query)
    ]


def concerns(actor: Actor) -> sa.ColumnElement[bool]:
    """Agreements of which this person is a party, or whose round they run, or whose need they broker."""
    parties = sa.or_(
        AgreementParty.organization_id.in_(actor.represents), AgreementParty.user_id == (actor.user_id or 0)
    )
    held = [each for each in actor.grants if each.role == "organizer"]
    programmes = [each.scope_id for each in held if each.scope == "programme"]
    hosts = [each.scope_id for each in held if each.scope == "organization"]
    run = (
        sa.select(Requirement.id)
        .join(Round, Round.id == Requirement.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .where(sa.or_(Programme.id.in_(programmes), Programme.host_id.in_(hosts)))
    )
    brokered = [each.scope_id for each in actor.grants if (each.role, each.scope) == ("broker", "programme")]
    cared = (
        sa.select(Care.requirement_id)
        .join(Requirement, Requirement.id == Care.requirement_id)
        .join(Round, Round.id == Requirement.round_id)
        .where(Care.broker_id == (actor.user_id or 0), Care.state == "claimed")
        .where(Round.programme_id.in_(brokered))
    )
    mine = sa.select(AgreementParty.agreement_id).where(parties)
    return sa.or_(
        Agreement.id.in_(mine), Agreement.requirement_id.in_(run), Agreement.requirement_id.in_(cared)
    )
