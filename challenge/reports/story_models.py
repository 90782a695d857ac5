"""The table of stories: what came of a need, told to everyone with the word of both sides."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.requirements.models import Requirement
from challenge.rules.agreement_lives import STORY

PERSON = "user_account.id"


class Story(Base):
    """What an organizer tells of a need. Published only with what each side said, and when, written down."""

    __tablename__ = "story"
    __table_args__ = (
        one_of("state", *sorted(STORY.states)),
        sa.CheckConstraint(
            "state <> 'published'"
            " OR (published_at IS NOT NULL AND seeker_consent <> '' AND solver_consent <> '')",
            name="published",
        ),
        sa.Index(None, "state", "published_at"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    requirement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="CASCADE"), unique=True
    )
    agreement_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("agreement.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(default="draft")
    title_zh: Mapped[str | None]
    title_en: Mapped[str | None]
    text_zh: Mapped[str | None]
    text_en: Mapped[str | None]
    # Who said yes for each side, and when and how: read by its organizers alone.
    seeker_consent: Mapped[str] = mapped_column(default="")
    solver_consent: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    published_at: Mapped[dt.datetime | None]

    requirement: Mapped[Requirement] = relationship(lazy="raise_on_sql")
