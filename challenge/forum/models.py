"""Tables of a round's public discussion."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.base.db import Base
from challenge.base.types import Key, Ref
from challenge.rounds.models import Round

PERSON = "user_account.id"


class ForumThread(Base):
    """A subject that is discussed; its first post says what it is about."""

    __tablename__ = "forum_thread"
    __table_args__ = (sa.Index("ix_forum_thread_newest", "round_id", "pinned", "last_at", "id"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    title: Mapped[str]
    pinned: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[dt.datetime | None]
    last_at: Mapped[dt.datetime]  # of the newest post
    posts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]

    round: Mapped[Round] = relationship(lazy="raise_on_sql")


class ForumPost(Base):
    """What somebody said in a thread. A hidden one keeps its place, with the reason in its stead."""

    __tablename__ = "forum_post"
    __table_args__ = (
        sa.UniqueConstraint("thread_id", "author_id", "digest"),
        sa.Index(None, "thread_id", "id"),
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_reason IS NULL)", name="hidden"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("forum_thread.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    office: Mapped[bool] = mapped_column(default=False)  # said as an organizer of the round
    body: Mapped[str]
    digest: Mapped[str]  # the same said twice is said once
    created_at: Mapped[dt.datetime]
    edited_at: Mapped[dt.datetime | None]
    hidden_at: Mapped[dt.datetime | None]
    hidden_reason: Mapped[str | None]
    hidden_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))

    thread: Mapped[ForumThread] = relationship(lazy="raise_on_sql")


class ForumName(Base):
    """How somebody is named in a round's discussion: by their own name, or as a number drawn for it."""

    __tablename__ = "forum_name"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "user_id"),
        sa.UniqueConstraint("round_id", "number"),
    )

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey(PERSON, ondelete="CASCADE"), index=True)
    own: Mapped[bool] = mapped_column(default=False)
    number: Mapped[int]


class ForumFollow(Base):
    """Whoever hears of new answers in a thread."""

    __tablename__ = "forum_follow"
    __table_args__ = (sa.UniqueConstraint("thread_id", "user_id"),)

    id: Mapped[Key]
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("forum_thread.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey(PERSON, ondelete="CASCADE"), index=True)


class ForumReport(Base):
    """Somebody's word to the organizers that a post does not belong there."""

    __tablename__ = "forum_report"
    __table_args__ = (sa.UniqueConstraint("post_id", "user_id"),)

    id: Mapped[Key]
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("forum_post.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    reason: Mapped[str]
    created_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]  # by whoever hid the post, or left it
