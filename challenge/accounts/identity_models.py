"""Tables of accounts elsewhere: which of them let whom in, and the letters that ask before they do."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key


class ExternalIdentity(Base):
    """A person signs in by this account of a provider; issuer and subject name it for good."""

    __tablename__ = "external_identity"
    __table_args__ = (
        sa.UniqueConstraint("issuer", "subject"),
        sa.UniqueConstraint("user_id", "provider"),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    provider: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str] = mapped_column(sa.String(255))
    address: Mapped[str] = mapped_column(default="")  # as the provider told it last
    created_at: Mapped[Created]
    last_used_at: Mapped[dt.datetime | None]


class IdentityLetter(Base):
    """A letter asks its reader whether an account elsewhere is theirs; only its secret's digest is kept."""

    __tablename__ = "identity_letter"

    id: Mapped[Key]
    token_digest: Mapped[str] = mapped_column(unique=True)
    provider: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str] = mapped_column(sa.String(255))
    told: Mapped[str] = mapped_column(default="")  # the address that the provider named, if any
    address: Mapped[str]  # where the letter went
    created_at: Mapped[Created]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
