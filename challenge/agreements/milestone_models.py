"""Tables of an agreement carried out: milestones, deliveries, payments, handovers, the closing report."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import User
from challenge.agreements.models import Agreement
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rules.agreement_lives import MILESTONE, PAYMENT
from challenge.rules.milestones import ANSWERS, ENTRIES, RULINGS
from challenge.rules.need_words import COMPARISONS, LEVELS

PERSON = "user_account.id"
DELIVERED = ("delivered", "accepted", "returned")  # how a delivery stands
_OPEN = sa.text("state = 'delivered'")


def _person() -> sa.ForeignKey:
    return sa.ForeignKey(PERSON, ondelete="SET NULL")


class Milestone(Base):
    """A milestone as it was signed; its state follows its last delivery."""

    __tablename__ = "milestone"
    __table_args__ = (
        one_of("state", *sorted(MILESTONE.states)),
        sa.UniqueConstraint("agreement_id", "position"),
        sa.CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", name="accepted"),
        sa.Index(None, "state", "due_on"),
    )

    id: Mapped[Key]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreement.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str]
    due_on: Mapped[dt.date | None]
    deliverables: Mapped[str]
    state: Mapped[str] = mapped_column(default="planned")
    deliveries: Mapped[int] = mapped_column(default=0)  # the number of the last one
    delivered_at: Mapped[dt.datetime | None]  # the last one
    accepted_at: Mapped[dt.datetime | None]
    created_at: Mapped[Created]

    agreement: Mapped[Agreement] = relationship(lazy="raise_on_sql")
    criteria: Mapped[list[MilestoneCriterion]] = relationship(
        lazy="raise_on_sql", order_by="MilestoneCriterion.position"
    )


class MilestoneCriterion(Base):
    """What is measured when a milestone is delivered, as it was signed."""

    __tablename__ = "milestone_criterion"
    __table_args__ = (
        one_of("comparison", *COMPARISONS),
        one_of("level", *LEVELS),
        sa.UniqueConstraint("milestone_id", "position"),
    )

    id: Mapped[Key]
    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("milestone.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str]
    unit: Mapped[str]
    comparison: Mapped[str]
    target: Mapped[str | None]
    level: Mapped[str]


class Delivery(Base):
    """A milestone handed over once, under a number; what was said of it never changes, the ruling comes once.

    Who delivered and who ruled signed off for their sides, as they were signed in at that moment.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        one_of("state", *DELIVERED),
        sa.UniqueConstraint("milestone_id", "number"),
        # One waits at most: what was delivered twice at once is delivered once.
        sa.Index("uq_delivery_open", "milestone_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.CheckConstraint("(state = 'delivered') = (ruled_at IS NULL)", name="ruled"),
        sa.CheckConstraint("state <> 'returned' OR reason <> ''", name="reason"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("milestone.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="delivered")
    note: Mapped[str]
    quantity: Mapped[str]
    place: Mapped[str]
    delivered_by: Mapped[int | None] = mapped_column(_person(), index=True)
    delivered_at: Mapped[dt.datetime]
    ruled_by: Mapped[int | None] = mapped_column(_person(), index=True)
    ruled_at: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(default="")

    files: Mapped[list[DeliveryFile]] = relationship(lazy="raise_on_sql", order_by="DeliveryFile.position")
    results: Mapped[list[DeliveryResult]] = relationship(
        lazy="raise_on_sql", order_by="DeliveryResult.criterion_id"
    )
    deliverer: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[delivered_by])
    ruler: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[ruled_by])


class DeliveryFile(Base):
    """A file of a delivery: its bytes are named by their digest and stay."""

    __tablename__ = "delivery_file"

    delivery_id: Mapped[int] = mapped_column(
        sa.ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    name: Mapped[str]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    media_type: Mapped[str]


class DeliveryResult(Base):
    """One criterion of a delivery: what its side measured, and what the other side found."""

    __tablename__ = "delivery_result"
    __table_args__ = (one_of("answer", *ANSWERS), one_of("ruling", *RULINGS))

    delivery_id: Mapped[int] = mapped_column(
        sa.ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    criterion_id: Mapped[int] = mapped_column(
        sa.ForeignKey("milestone_criterion.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    answer: Mapped[str]
    value: Mapped[str]
    evidence: Mapped[str]
    ruling: Mapped[str | None]
    ruling_note: Mapped[str] = mapped_column(default="")


class AgreementPayment(Base):
    """A payment of the plan, or a royalty that came: in the agreement's currency."""

    __tablename__ = "agreement_payment"
    __table_args__ = (
        one_of("state", *sorted(PAYMENT.states)),
        sa.UniqueConstraint("agreement_id", "position"),
        sa.CheckConstraint("amount_minor >= 0", name="amount"),
        sa.Index(None, "state", "due_on"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreement.id", ondelete="CASCADE"))
    position: Mapped[int]
    label: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    due_on: Mapped[dt.date | None]
    # Due once this one is accepted: its day is written down then.
    milestone_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("milestone.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(default="planned")
    planned: Mapped[bool] = mapped_column(default=True)  # signed as such, or added as it came
    author_id: Mapped[int | None] = mapped_column(_person(), index=True)  # of one that was added
    created_at: Mapped[Created]

    agreement: Mapped[Agreement] = relationship(lazy="raise_on_sql")
    milestone: Mapped[Milestone | None] = relationship(lazy="raise_on_sql")
    entries: Mapped[list[PaymentEntry]] = relationship(lazy="raise_on_sql", order_by="PaymentEntry.id")


class PaymentEntry(Base):
    """An invoice, or money that was paid; a payment may come in parts. None is changed or taken away."""

    __tablename__ = "payment_entry"
    __table_args__ = (one_of("kind", *ENTRIES), sa.CheckConstraint("amount_minor > 0", name="amount"))

    id: Mapped[Key]
    ref: Mapped[Ref]
    payment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("agreement_payment.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    on_day: Mapped[dt.date]
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    number: Mapped[str]  # of the invoice, or the bank's reference
    side: Mapped[str]  # who wrote it down: seeker, solver or organizer
    author_id: Mapped[int | None] = mapped_column(_person(), index=True)
    created_at: Mapped[Created]

    author: Mapped[User | None] = relationship(lazy="raise_on_sql")


class Handover(Base):
    """What was handed over with an accepted delivery, numbered within its agreement; it never changes."""

    __tablename__ = "handover"
    __table_args__ = (sa.UniqueConstraint("agreement_id", "number"),)

    id: Mapped[Key]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreement.id", ondelete="CASCADE"))
    delivery_id: Mapped[int] = mapped_column(sa.ForeignKey("delivery.id", ondelete="CASCADE"), unique=True)
    number: Mapped[int]
    document: Mapped[dict[str, Any]]  # what it says, but for people's names
    digest: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[Created]

    agreement: Mapped[Agreement] = relationship(lazy="raise_on_sql")
    delivery: Mapped[Delivery] = relationship(lazy="raise_on_sql")


class HandoverPrint(Base):
    """A handover record as PDF in one language, made by `flask work` and kept."""

    __tablename__ = "handover_print"

    handover_id: Mapped[int] = mapped_column(
        sa.ForeignKey("handover.id", ondelete="CASCADE"), primary_key=True
    )
    locale: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[Created]


class ClosingReport(Base):
    """What came of an agreement, in both sides' words; public only where both said so of the same text."""

    __tablename__ = "closing_report"
    __table_args__ = (
        sa.CheckConstraint("rating_seeker BETWEEN 1 AND 5", name="rating_seeker"),
        sa.CheckConstraint("rating_solver BETWEEN 1 AND 5", name="rating_solver"),
        sa.CheckConstraint(
            "(agreed_public_at IS NOT NULL)"
            " = (public_ok_seeker_at IS NOT NULL AND public_ok_solver_at IS NOT NULL)",
            name="public",
        ),
        sa.Index(None, "agreed_public_at"),
    )

    id: Mapped[Key]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreement.id", ondelete="CASCADE"), unique=True)
    text_seeker: Mapped[str] = mapped_column(default="")
    text_solver: Mapped[str] = mapped_column(default="")
    rating_seeker: Mapped[int | None]  # what the seeker gives the solver, and the other way round
    rating_solver: Mapped[int | None]
    author_seeker_id: Mapped[int | None] = mapped_column(_person(), index=True)
    author_solver_id: Mapped[int | None] = mapped_column(_person(), index=True)
    public_title: Mapped[str] = mapped_column(default="")
    public_text: Mapped[str] = mapped_column(default="")
    public_revision: Mapped[int] = mapped_column(default=0)  # a consent is to exactly this text
    public_ok_seeker_at: Mapped[dt.datetime | None]
    public_ok_solver_at: Mapped[dt.datetime | None]
    agreed_public_at: Mapped[dt.datetime | None]
    updated_at: Mapped[Created]

    agreement: Mapped[Agreement] = relationship(lazy="raise_on_sql")
