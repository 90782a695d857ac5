"""The table of calendar links."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key


class CalendarLink(Base):
    """A person's secret address for calendar programs; only the digest of its token is kept."""

    __tablename__ = "calendar_link"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), unique=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime]
