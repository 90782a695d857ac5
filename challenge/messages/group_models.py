"""The tables of messages to a group: what an organizer writes, and to whom it was confirmed to go."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of


class GroupMessage(Base):
    """A message to a segment of a round's people. It waits, goes, or was stopped while it waited."""

    __tablename__ = "group_message"
    __table_args__ = (one_of("state", "waiting", "sent", "stopped"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    parts: Mapped[list[str]]
    phase_number: Mapped[int | None]
    subject_zh: Mapped[str | None]
    subject_en: Mapped[str | None]
    body_zh: Mapped[str | None]
    body_en: Mapped[str | None]
    count: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting")
    goes_at: Mapped[dt.datetime]
    created_at: Mapped[Created]
    ended_at: Mapped[dt.datetime | None]  # when it went, or was stopped
    stopped_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))


class GroupReader(Base):
    """Somebody to whom a message was confirmed to go."""

    __tablename__ = "group_reader"

    message_id: Mapped[int] = mapped_column(
        sa.ForeignKey("group_message.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
