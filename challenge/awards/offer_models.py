"""What a seeker keeps on the offers for its requirements: marks, notes, the comparison as a workbook."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of

MARKS = ("", "shortlist", "maybe", "out")


class OfferNote(Base):
    """One representative's mark and note on one offer; only those who speak for its seeker read it."""

    __tablename__ = "offer_note"
    __table_args__ = (sa.UniqueConstraint("submission_id", "author_id"), one_of("mark", *MARKS))

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    mark: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[Created]


class OfferBook(Base):
    """The comparison as a workbook, made for the one person who asked for it.

    `offers` says of which versions it was made: once they differ, it is handed out no more.
    """

    __tablename__ = "offer_book"
    __table_args__ = (
        one_of("state", "coming", "done", "refused"),
        sa.Index(None, "requirement_id", "author_id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default="coming")
    locale: Mapped[str]
    zone: Mapped[str | None]
    offers: Mapped[list[Any]] = mapped_column(default=list)  # [ref, number of the version], as compared
    sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    created_at: Mapped[Created]
    done_at: Mapped[dt.datetime | None]
