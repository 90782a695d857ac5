"""Tables of a requirement's confidential face: who may ask for it, under which agreement, who read what."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import User
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.files.models import Blob
from challenge.rules.lifecycles import ACCESS

OPENINGS = ("closed", "decide", "accept")


class Nda(Base):
    """A version of a round's agreement not to disclose, or of a requirement's own; the newest is in force.

    A requirement's own without a text gives way to its round's again.
    """

    __tablename__ = "nda"
    __table_args__ = (
        sa.UniqueConstraint("requirement_id", "number"),
        sa.Index(
            "uq_nda_of_round",
            "round_id",
            "number",
            unique=True,
            sqlite_where=sa.text("requirement_id IS NULL"),
            postgresql_where=sa.text("requirement_id IS NULL"),
        ),
        sa.Index(None, "round_id", "requirement_id", "id"),
        sa.CheckConstraint(
            "requirement_id IS NOT NULL OR text_zh IS NOT NULL OR text_en IS NOT NULL", name="text"
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    requirement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("requirement.id", ondelete="CASCADE"))
    number: Mapped[int]  # from 1
    text_zh: Mapped[str | None]
    text_en: Mapped[str | None]
    sha256: Mapped[str] = mapped_column(sa.String(64))  # of both texts, see ndas.digest_of
    # Whoever accepted an earlier one reads nothing before they accepted this one.
    again: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]


class Face(Base):
    """How the confidential part of a requirement opens, and the words that would give its seeker away."""

    __tablename__ = "face"
    __table_args__ = (one_of("opening", *OPENINGS),)

    requirement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="CASCADE"), primary_key=True
    )
    opening: Mapped[str] = mapped_column(default="decide")
    marks: Mapped[list[str]] = mapped_column(default=list)  # products and brands


class Access(Base):
    """A person and the confidential part of a requirement: asked for, granted, refused, taken back."""

    __tablename__ = "face_access"
    __table_args__ = (
        one_of("state", *sorted(ACCESS.states)),
        one_of("origin", "asked", "invited", "accepted"),
        sa.UniqueConstraint("requirement_id", "user_id"),
        sa.CheckConstraint("(state in ('refused','revoked')) <= (reason IS NOT NULL)", name="reason"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default=ACCESS.start)
    origin: Mapped[str] = mapped_column(default="asked")
    words: Mapped[str] = mapped_column(default="")  # why they ask
    reason: Mapped[str | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    decided_at: Mapped[dt.datetime | None]
    created_at: Mapped[Created]

    user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[user_id])


class NdaAcceptance(Base):
    """A person's word on one version for one requirement, given once, with the name that they typed."""

    __tablename__ = "nda_acceptance"
    __table_args__ = (
        sa.UniqueConstraint("requirement_id", "user_id", "nda_id"),
        sa.Index(None, "nda_id"),
        sa.Index(None, "user_id"),
    )

    id: Mapped[Key]
    nda_id: Mapped[int] = mapped_column(sa.ForeignKey("nda.id", ondelete="CASCADE"))
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    name: Mapped[str]
    organization: Mapped[str]
    sha256: Mapped[str] = mapped_column(sa.String(64))  # of the text that they accepted
    part_sha256: Mapped[str] = mapped_column(sa.String(64))  # of the confidential text as it stood then
    accepted_at: Mapped[dt.datetime]


class FaceOpening(Base):
    """A line of the log: a person opened the confidential text or a file, under this version."""

    __tablename__ = "face_opening"
    __table_args__ = (
        sa.Index(None, "requirement_id", "id"),
        sa.Index(None, "requirement_id", "user_id"),
        sa.Index(None, "user_id"),
        sa.Index(None, "nda_id"),
    )

    id: Mapped[Key]
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    nda_id: Mapped[int] = mapped_column(sa.ForeignKey("nda.id", ondelete="CASCADE"))
    file_name: Mapped[str | None]  # none: the text
    sha256: Mapped[str] = mapped_column(sa.String(64))  # of what they were given
    opened_at: Mapped[dt.datetime]


class FileProperties(Base):
    """Who made a public file, as its properties say; none where it says nothing or cannot be read."""

    __tablename__ = "file_properties"

    sha256: Mapped[str] = mapped_column(sa.ForeignKey(Blob.sha256, ondelete="CASCADE"), primary_key=True)
    said: Mapped[list[str]] = mapped_column(default=list)  # authors, companies
    created_at: Mapped[Created]


class RedactionMark(Base):
    """What could identify an anonymous seeker stays in the public part, for this reason."""

    __tablename__ = "redaction_mark"
    __table_args__ = (sa.UniqueConstraint("requirement_id", "key"),)

    id: Mapped[Key]
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(16))  # of a finding, see rules.redaction
    reason: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
