"""Tables of stored bytes and attachments."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of


class Blob(Base):
    """Bytes, named by their SHA-256; stored once however often they are attached."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    media_type: Mapped[str]
    created_at: Mapped[Created]


class Attachment(Base):
    """A file as somebody attached it. Removing hides it; versions that froze it still name it."""

    __tablename__ = "attachment"
    __table_args__ = (
        sa.Index(None, "owner_kind", "owner_id"),
        one_of("owner_kind", "requirement", "submission"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    owner_kind: Mapped[str]
    owner_id: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("blob.sha256"))
    name: Mapped[str]
    confidential: Mapped[bool] = mapped_column(default=False)
    uploaded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    removed_at: Mapped[dt.datetime | None]

    blob: Mapped[Blob] = relationship(lazy="raise_on_sql")
