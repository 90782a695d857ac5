"""Tables of what a published need said when: its versions, and changes that are proposed to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of

PERSON = "user_account.id"
OPEN = ("draft", "submitted", "returned")
_OPEN = sa.text(f"state in ({','.join(repr(state) for state in OPEN)})")


class RequirementVersion(Base):
    """A published need as it stood under one number; it never changes.

    `content` is what everyone reads. Of the confidential part the digest tells that it changed; its text
    loads only by its own query.
    """

    __tablename__ = "requirement_version"
    __table_args__ = (
        sa.UniqueConstraint("requirement_id", "number"),
        one_of("side", "seeker", "organizer"),
        sa.CheckConstraint("close is null or close in ('keep','need','round')", name="close"),
        sa.CheckConstraint("NOT material OR (close IS NOT NULL AND close_reason <> '')", name="decided"),
    )

    id: Mapped[Key]
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    confidential: Mapped[str] = mapped_column(default="", deferred=True, deferred_raiseload=True)
    confidential_digest: Mapped[str]
    side: Mapped[str] = mapped_column(
        default="seeker"
    )  # who changed it: the seeker's people, or an organizer
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    publisher_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(default="")  # what changed and why, in the author's words
    material: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[list[Any]] = mapped_column(default=list)  # why it is material: (part, code), as rules say
    editorial: Mapped[str] = mapped_column(default="")  # why texts that changed do not make it so
    # What a material change made its organizer decide: nothing moves, its own close, or its round's.
    close: Mapped[str | None]
    close_reason: Mapped[str] = mapped_column(default="")
    close_before: Mapped[dt.datetime | None]
    close_after: Mapped[dt.datetime | None]
    question_ids: Mapped[list[Any]] = mapped_column(default=list)  # the questions that led to it
    created_at: Mapped[Created]


class RequirementChange(Base):
    """A change that is proposed to a published need, beside what everyone reads until it is published."""

    __tablename__ = "requirement_change"
    __table_args__ = (
        one_of("side", "seeker", "organizer"),
        one_of("state", *OPEN, "published", "withdrawn"),
        sa.CheckConstraint("state <> 'returned' OR reasons IS NOT NULL", name="reasons"),
        sa.Index(
            "uq_requirement_change_open",
            "requirement_id",
            "side",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    requirement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="CASCADE"), index=True
    )
    side: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    base: Mapped[int]  # the version that it was written against
    content: Mapped[dict[str, Any]]
    # What only the seeker and its screeners read; emptied once the change is decided.
    closed: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True, deferred_raiseload=True)
    note: Mapped[str] = mapped_column(default="")
    question_ids: Mapped[list[Any]] = mapped_column(default=list)
    reasons: Mapped[str | None]  # why it was returned
    version: Mapped[int | None]  # what it became
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]
    updated_at: Mapped[Created]


class AnswerCorrection(Base):
    """What an answer said before it was corrected."""

    __tablename__ = "answer_correction"

    id: Mapped[Key]
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), index=True)
    answer: Mapped[str]
    answered_at: Mapped[dt.datetime]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    answered_version: Mapped[int | None]
    created_at: Mapped[Created]
