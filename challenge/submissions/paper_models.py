"""The table of receipts and refusals as printed papers."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key


class Paper(Base):
    """The PDF of one signed statement, for a reader's language and time zone; its bytes are a blob."""

    __tablename__ = "paper"
    __table_args__ = (
        sa.UniqueConstraint("version_id", "locale", "zone"),
        sa.UniqueConstraint("late_id", "locale", "zone"),
        sa.CheckConstraint("(version_id IS NULL) <> (late_id IS NULL)", name="one_statement"),
    )

    id: Mapped[Key]
    version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("submission_version.id", ondelete="CASCADE"))
    late_id: Mapped[int | None] = mapped_column(sa.ForeignKey("late_arrival.id", ondelete="CASCADE"))
    locale: Mapped[str]
    zone: Mapped[str]  # the reader's beside the round's
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[Created]
