"""The table of auditors' scopes: for what, from when until when, by whose word and why."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import User
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of

PERSON = "user_account.id"
SCOPES = ("programme", "round")


class AuditScope(Base):
    """An auditor reads all of a programme or round, between two moments; it ends by itself, or before."""

    __tablename__ = "audit_scope"
    __table_args__ = (
        one_of("scope", *SCOPES),
        sa.CheckConstraint("until_at > from_at", name="times"),
        sa.CheckConstraint("reason <> ''", name="reason"),
        sa.Index(None, "scope", "scope_id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey(PERSON, ondelete="CASCADE"), index=True)
    scope: Mapped[str]
    scope_id: Mapped[int]
    from_at: Mapped[dt.datetime]
    until_at: Mapped[dt.datetime]
    reason: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))

    user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[user_id])
