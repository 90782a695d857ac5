"""The key of a sealed round."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created


class RoundKey(Base):
    """The key of a sealed round: wrapped by the installation's until the close releases it, once.

    `private_key` stands here from the release on. A round that is cancelled before has its key destroyed.
    """

    __tablename__ = "round_key"
    __table_args__ = (
        sa.CheckConstraint("(released_at IS NULL) = (private_key IS NULL)", name="released"),
        sa.CheckConstraint("(destroyed_at IS NULL) = (wrapped IS NOT NULL)", name="destroyed"),
        sa.CheckConstraint("released_at IS NULL OR destroyed_at IS NULL", name="one_end"),
    )

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    public_key: Mapped[str]
    wrapped: Mapped[str | None]
    wrapped_by: Mapped[str]  # the name of the installation key that wrapped it
    private_key: Mapped[str | None]
    created_at: Mapped[Created]
    released_at: Mapped[dt.datetime | None]
    destroyed_at: Mapped[dt.datetime | None]
