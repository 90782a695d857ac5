"""The tables of work rows and of the processes that do them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base


class Task(Base):
    """One piece of work. `key` makes it unique: the same event never mails the same person twice."""

    __tablename__ = "task"
    __table_args__ = (
        sa.CheckConstraint("state in ('queued','leased','done','failed')", name="state"),
        sa.CheckConstraint("(state = 'leased') = (lease_until IS NOT NULL)", name="lease"),
        sa.Index("ix_task_due", "state", "run_at"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="queued")
    run_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    request_id: Mapped[str | None] = mapped_column(sa.String(64))  # of what led to it
    created_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]


class Beat(Base):
    """When a `flask work` process last ticked; administrators see it, nothing depends on it."""

    __tablename__ = "worker_beat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
