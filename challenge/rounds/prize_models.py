"""What bounds the prizes of a round: sums that several share, and the most that one entry may win."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key, one_of


class PrizePool(Base):
    """A sum that its prizes share, of the whole round or anew for each requirement.

    A prize in it that names no amount of its own is split by the organizer among its winners.
    """

    __tablename__ = "prize_pool"
    __table_args__ = (
        one_of("scope", "round", "requirement"),
        sa.CheckConstraint("total_minor > 0", name="total"),
        sa.CheckConstraint("name_zh IS NOT NULL OR name_en IS NOT NULL", name="name"),
    )

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name_zh: Mapped[str | None]
    name_en: Mapped[str | None]
    scope: Mapped[str] = mapped_column(default="round")
    total_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")


class PrizeCap(Base):
    """How much one entry, or one organization with all its entries, wins in a round at most."""

    __tablename__ = "prize_cap"
    __table_args__ = (
        one_of("per", "entry", "organization"),
        sa.CheckConstraint("most_awards IS NULL OR most_awards > 0", name="awards"),
        sa.CheckConstraint("most_minor IS NULL OR most_minor > 0", name="amount"),
        sa.CheckConstraint("most_awards IS NOT NULL OR most_minor IS NOT NULL", name="something"),
    )

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    per: Mapped[str] = mapped_column(primary_key=True)
    most_awards: Mapped[int | None]
    most_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
