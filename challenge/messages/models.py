"""The tables of letters, and of how their readers wish to have them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rules.letters import KINDS, WAYS

WAITING = "way IN ('daily','weekly') AND digested_at IS NULL"


class Letter(Base):
    """A mail as it was written. Without an SMTP server it stays here, and the mailbox page shows it.

    One to a person (`user_id`) is a message in their rooms here too, whether it is mailed or not.
    """

    __tablename__ = "letter"
    __table_args__ = (
        one_of("way", *WAYS),
        sa.Index(None, "recipient", "id"),
        sa.Index(None, "user_id", "id"),
        sa.Index(
            "ix_letter_waiting",
            "user_id",
            "created_at",
            sqlite_where=sa.text(WAITING),
            postgresql_where=sa.text(WAITING),
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    message_id: Mapped[str] = mapped_column(unique=True)
    recipient: Mapped[str]
    template: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    html: Mapped[str | None]
    attachments: Mapped[list[Any]] = mapped_column(default=list)  # [{name, media_type, text}]
    # Where one click ends such letters (RFC 8058). It goes when the letter has left.
    unsubscribe: Mapped[str | None]
    created_at: Mapped[Created]
    sent_at: Mapped[dt.datetime | None]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    way: Mapped[str] = mapped_column(default="mail", server_default="mail")
    # What stands between head and foot, in light Markdown and without secret links; the way to its matter.
    content: Mapped[str | None]
    href: Mapped[str | None]
    label: Mapped[str | None]
    read_at: Mapped[dt.datetime | None]
    digested_at: Mapped[dt.datetime | None]


class LetterWish(Base):
    """How a person wishes to have letters of one kind; without a row at once, by mail."""

    __tablename__ = "letter_wish"
    __table_args__ = (sa.UniqueConstraint("user_id", "kind"), one_of("kind", *KINDS), one_of("way", *WAYS))

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str]
    way: Mapped[str]
