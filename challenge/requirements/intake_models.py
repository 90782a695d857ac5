"""Tables of intake: workbooks of requirements, and requirements as printed papers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of


class NeedBook(Base):
    """A workbook of requirements: a template that goes out, or a filled one that came in.

    `seeker_id`: whose requirements these are; without it each names its own, as an organizer's do.
    """

    __tablename__ = "need_book"
    __table_args__ = (
        one_of("kind", "template", "form", "needs"),
        one_of("state", "coming", "done", "refused"),
        sa.Index(None, "round_id", "author_id", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    seeker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organization.id", ondelete="CASCADE"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="coming")
    sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    only_valid: Mapped[bool] = mapped_column(default=False)  # take the right rows although others are wrong
    hand_in: Mapped[bool] = mapped_column(default=False)  # to the organizer at once, instead of as drafts
    faults: Mapped[list[Any]] = mapped_column(default=list)  # sheet, cell, code, parameters
    good: Mapped[int] = mapped_column(default=0)  # requirements in it that are right
    entered: Mapped[int] = mapped_column(default=0)  # those that were made of it
    offered: Mapped[int] = mapped_column(default=0)  # those whose firm got a link to claim them
    locale: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    done_at: Mapped[dt.datetime | None]


class NeedPrint(Base):
    """The paper form as a PDF: of one requirement as it stood, or blank; its bytes are a blob."""

    __tablename__ = "need_print"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)  # what it shows, in which language
    requirement_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="CASCADE"), index=True
    )
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[Created]
