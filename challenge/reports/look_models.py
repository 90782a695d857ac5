"""Tables of administrators who looked on as somebody: since when, why, and each page that they saw."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key, Ref


class LookOn(Base):
    """An administrator looks on as a person: from when, until when at most, and when it ended."""

    __tablename__ = "look_on"
    __table_args__ = (sa.CheckConstraint("until_at > begun_at", name="until"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    looker_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str]
    begun_at: Mapped[dt.datetime]
    until_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class LookedAt(Base):
    """A page that was asked for while looking on. Rows are added, never changed."""

    __tablename__ = "looked_at"

    id: Mapped[Key]
    look_on_id: Mapped[int] = mapped_column(sa.ForeignKey("look_on.id", ondelete="CASCADE"), index=True)
    at: Mapped[dt.datetime]
    path: Mapped[str]
