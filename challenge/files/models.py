"""Tables of stored bytes, attachments, uploads under way, and what is made of a file for its judges."""

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
    field: Mapped[str] = mapped_column(default="files", server_default="files")  # of the submission's form
    confidential: Mapped[bool] = mapped_column(default=False)
    uploaded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    removed_at: Mapped[dt.datetime | None]

    blob: Mapped[Blob] = relationship(lazy="raise_on_sql")


class Upload(Base):
    """A file on its way. How much of it is there, its partial file alone says; the row says whose it is.

    The row stays until it expires, so that a last answer that was lost can be asked for again.
    """

    __tablename__ = "upload"
    __table_args__ = (
        sa.Index(None, "owner_kind", "owner_id"),
        one_of("owner_kind", "submission"),
        one_of("state", "open", "done"),
        sa.CheckConstraint("(state = 'done') = (attachment_ref IS NOT NULL)", name="done"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    owner_kind: Mapped[str]
    owner_id: Mapped[int]
    field: Mapped[str]
    name: Mapped[str]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(default="open")
    attachment_ref: Mapped[str | None] = mapped_column(sa.String(12))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)


class Derivative(Base):
    """What judges get of a blob: `clean` without metadata (page 0), and its pages as pictures (from 1)."""

    __tablename__ = "derivative"
    __table_args__ = (
        sa.UniqueConstraint("sha256", "kind", "page"),
        one_of("kind", "clean", "page"),
        one_of("state", "done", "none", "failed"),
        sa.CheckConstraint("(state = 'done') = (derived_sha256 IS NOT NULL)", name="done"),
        sa.CheckConstraint("(state = 'done') = (reason IS NULL)", name="reason"),
    )

    id: Mapped[Key]
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("blob.sha256", ondelete="CASCADE"))
    kind: Mapped[str]
    page: Mapped[int] = mapped_column(default=0)
    derived_sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    state: Mapped[str]
    reason: Mapped[str | None]
    created_at: Mapped[Created]
