"""Tables of the audit trail: entries that are never changed, and one head per chain."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key


class AuditEntry(Base):
    """One thing that happened. `hash` covers every other column and the entry before it."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.UniqueConstraint("chain", "seq"), sa.Index(None, "subject", "id"))

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    chain: Mapped[str]
    seq: Mapped[int]
    at: Mapped[dt.datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]


class AuditCheck(Base):
    """Somebody had every chain walked: how far it is, what was found. `anchor` goes once it was compared."""

    __tablename__ = "audit_check"

    id: Mapped[Key]
    author_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    total: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    count: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    named: Mapped[int] = mapped_column(default=0)
    fault_count: Mapped[int] = mapped_column(default=0)
    faults: Mapped[list[Any]] = mapped_column(default=list)
    anchor: Mapped[dict[str, Any]] = mapped_column(default=dict)  # empty: none was given, or it was compared
    anchor_name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Created]
    done_at: Mapped[dt.datetime | None]


class AuditHead(Base):
    """Where a chain ends. Its row is the lock that keeps a chain in one line."""

    __tablename__ = "audit_head"

    chain: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str]
