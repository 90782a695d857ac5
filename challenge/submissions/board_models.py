"""Tables of the board on which solvers of a round look for teammates."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of


class TeammatePost(Base):
    """What somebody brings and looks for; one each in a round. It ends with the submission window."""

    __tablename__ = "teammate_post"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "author_id"),
        one_of("state", "open", "closed", "hidden"),
        one_of("lang", "zh", "en", "both"),
        sa.CheckConstraint("(state = 'hidden') = (state_reason IS NOT NULL)", name="reason"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    brings: Mapped[str]
    seeks: Mapped[str]
    skills: Mapped[list[str]] = mapped_column(default=list)
    lang: Mapped[str]  # in which the author works
    state: Mapped[str] = mapped_column(default="open")
    state_reason: Mapped[str | None]
    created_at: Mapped[Created]
    updated_at: Mapped[dt.datetime]


class TeammateMessage(Base):
    """A message to the author of a post; its sender agreed that the author gets their address with it."""

    __tablename__ = "teammate_message"

    id: Mapped[Key]
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("teammate_post.id", ondelete="CASCADE"), index=True)
    sender_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    body: Mapped[str]
    sent_at: Mapped[dt.datetime]
