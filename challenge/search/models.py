"""Tables of the index, and of who wants to hear of what is new in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of

KINDS = ("round", "requirement", "achievement", "expert")


class SearchEntry(Base):
    """The public face of one thing, as the index knows it; the newest has the highest id.

    What is not public of it is in no column. `title_words`, `body_words` and `codes` are searched: by an
    FTS5 table that triggers keep (SQLite), by a GIN index over their vector (PostgreSQL).
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        one_of("kind", *KINDS),
        sa.UniqueConstraint("kind", "thing_id"),
        sa.Index(None, "group_id", "id"),
        sa.Index(None, "changed_at"),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    thing_id: Mapped[int] = mapped_column(sa.BigInteger)
    address: Mapped[str]  # what its page is called: a slug or a reference
    group_id: Mapped[int | None] = mapped_column(sa.BigInteger)  # the round that it is in
    title_zh: Mapped[str | None]
    title_en: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")  # what a find is quoted from
    owner_zh: Mapped[str | None]
    owner_en: Mapped[str | None]
    field: Mapped[str | None]
    region: Mapped[str | None]
    stage: Mapped[str | None]
    trl: Mapped[int | None]
    low_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    high_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    at: Mapped[dt.datetime]  # since when it is public
    changed_at: Mapped[dt.datetime]
    title_words: Mapped[str] = mapped_column(default="")
    body_words: Mapped[str] = mapped_column(default="")
    codes: Mapped[str] = mapped_column(default="")


class SavedSearch(Base):
    """A search that somebody keeps, and up to where they were told what is new in it."""

    __tablename__ = "saved_search"
    __table_args__ = (sa.UniqueConstraint("user_id", "query"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    query: Mapped[str]  # as it stands in the address
    letters: Mapped[bool] = mapped_column(default=True)  # a letter a day where there is something new
    seen_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # the newest entry they know
    fresh: Mapped[int] = mapped_column(default=0)  # finds since they last looked here
    created_at: Mapped[Created]


class Follow(Base):
    """Somebody wants to hear when this changes."""

    __tablename__ = "follow"
    __table_args__ = (
        one_of("kind", *KINDS),
        sa.UniqueConstraint("user_id", "kind", "thing_id"),
        sa.Index(None, "kind", "thing_id"),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str]
    thing_id: Mapped[int] = mapped_column(sa.BigInteger)
    letters: Mapped[bool] = mapped_column(default=True)
    fresh: Mapped[bool] = mapped_column(default=False)  # it changed since they last looked here
    seen_at: Mapped[dt.datetime]
    created_at: Mapped[Created]


# What the databases keep of their own for the index: known to the migration alone, and filled by triggers.
WORDS_TABLE, VECTOR_INDEX = "search_words", "ix_search_entry_vector"
OWN_TABLES = frozenset(
    {WORDS_TABLE, *(f"{WORDS_TABLE}_{part}" for part in ("data", "idx", "content", "docsize", "config"))}
)


def ours(_thing: Any, name: str | None, _kind: str, _reflected: bool, _other: Any) -> bool:
    """For migrations: whether a table or an index is one that the models name."""
    return name not in OWN_TABLES and name != VECTOR_INDEX
