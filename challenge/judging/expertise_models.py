"""What a person who judges knows about: keywords, languages, texts of their own."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref


class JudgeProfile(Base):
    """Keywords and languages of a person; one for all panels."""

    __tablename__ = "judge_profile"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    keywords: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # "zh", "en"
    updated_at: Mapped[dt.datetime]


class JudgeDocument(Base):
    """A text that shows what a person works on: the abstract of a paper, a project, a patent."""

    __tablename__ = "judge_document"

    id: Mapped[Key]
    ref: Mapped[Ref]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[Created]
