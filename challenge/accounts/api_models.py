"""Tables of the API: tokens, of which only the digest is kept, and answers that the same key gets again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import Organization, User
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref


class ApiToken(Base):
    """A secret with which a program acts for a person, or for an organization on that person's word."""

    __tablename__ = "api_token"

    id: Mapped[Key]
    ref: Mapped[Ref]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(sa.String(16))  # shown, so that its owner knows which one it is
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[Created]
    expires_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="raise_on_sql")
    organization: Mapped[Organization | None] = relationship(lazy="raise_on_sql")


class ApiAnswer(Base):
    """What a request with an `Idempotency-Key` was answered, in the transaction of its effect."""

    __tablename__ = "api_answer"
    __table_args__ = (sa.UniqueConstraint("token_id", "key"),)

    id: Mapped[Key]
    token_id: Mapped[int] = mapped_column(sa.ForeignKey("api_token.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(255))
    request_digest: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Created] = mapped_column(index=True)
