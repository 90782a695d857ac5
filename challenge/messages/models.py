"""The table of letters."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref


class Letter(Base):
    """A mail as it was written. Without an SMTP server it stays here, and the mailbox page shows it."""

    __tablename__ = "letter"
    __table_args__ = (sa.Index(None, "recipient", "id"),)

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
