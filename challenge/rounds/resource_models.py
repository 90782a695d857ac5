"""Tables of a round's resources: files and links, the terms before them, who accepted and who opened."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref
from challenge.files.models import Blob


class Terms(Base):
    """A version of what is accepted before the gated resources of a round; the newest is in force."""

    __tablename__ = "resource_terms"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "version"),
        sa.CheckConstraint("text_zh IS NOT NULL OR text_en IS NOT NULL", name="text"),
    )

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    version: Mapped[int]  # from 1
    text_zh: Mapped[str | None]
    text_en: Mapped[str | None]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]


class Acceptance(Base):
    """A person's word on one version of the terms, given once."""

    __tablename__ = "terms_acceptance"
    __table_args__ = (sa.UniqueConstraint("terms_id", "user_id"),)

    id: Mapped[Key]
    terms_id: Mapped[int] = mapped_column(sa.ForeignKey("resource_terms.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    accepted_at: Mapped[dt.datetime]


class Resource(Base):
    """A file or a link that the organizer gives to solvers; a removed one keeps its log."""

    __tablename__ = "resource"
    __table_args__ = (
        sa.CheckConstraint("title_zh IS NOT NULL OR title_en IS NOT NULL", name="title"),
        sa.CheckConstraint("(url IS NULL) <> (sha256 IS NULL)", name="kind"),
        sa.CheckConstraint("(file_name IS NULL) = (sha256 IS NULL)", name="file"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), index=True)
    title_zh: Mapped[str | None]
    title_en: Mapped[str | None]
    note_zh: Mapped[str | None]
    note_en: Mapped[str | None]
    url: Mapped[str | None]
    sha256: Mapped[str | None] = mapped_column(sa.ForeignKey(Blob.sha256))
    file_name: Mapped[str | None]
    gated: Mapped[bool] = mapped_column(default=False)  # opens once the terms in force are accepted
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    removed_at: Mapped[dt.datetime | None]


class Opening(Base):
    """Somebody opened a resource: an append-only log. Nobody's name where nobody was signed in."""

    __tablename__ = "resource_opening"

    id: Mapped[Key]
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    opened_at: Mapped[dt.datetime]
