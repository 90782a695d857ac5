"""The table of what auditors read."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key


class EvidenceReading(Base):
    """An auditor read a part of a round's evidence. Rows are added, never changed; one an hour for each."""

    __tablename__ = "evidence_reading"
    __table_args__ = (
        sa.UniqueConstraint("reader_id", "round_id", "part", "hour", name="uq_evidence_reading_once"),
        sa.Index(None, "round_id", "id"),
    )

    id: Mapped[Key]
    reader_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    part: Mapped[str]
    at: Mapped[dt.datetime]
    hour: Mapped[dt.datetime]
