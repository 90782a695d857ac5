"""The table of reminders to judges who lag."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base


class JudgeReminder(Base):
    """One reminder to one judge; `mark` says which: by hand at a time, or so many days before a close."""

    __tablename__ = "judge_reminder"

    judge_id: Mapped[int] = mapped_column(
        sa.ForeignKey("panel_judge.id", ondelete="CASCADE"), primary_key=True
    )
    mark: Mapped[str] = mapped_column(primary_key=True)
    open_cards: Mapped[int]
    sent_at: Mapped[dt.datetime]
