"""Tables of what a programme says of itself: pages with their versions, partners, frequent questions."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.files.models import Blob
from challenge.rounds.models import Programme

LEVELS = ("host", "main", "partner", "supporter", "media")


class ProgrammePage(Base):
    """A page of a programme. `version` is what was written last, `published` what everyone reads."""

    __tablename__ = "programme_page"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "slug"),
        sa.CheckConstraint("published IS NULL OR published <= version", name="published"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="CASCADE"))
    slug: Mapped[str]
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    published: Mapped[int | None]
    created_at: Mapped[Created]

    programme: Mapped[Programme] = relationship(lazy="raise_on_sql")


class ProgrammePageVersion(Base):
    """A page as it was written once; never changed."""

    __tablename__ = "programme_page_version"
    __table_args__ = (
        sa.UniqueConstraint("page_id", "number"),
        sa.CheckConstraint("title_zh IS NOT NULL OR title_en IS NOT NULL", name="title"),
    )

    id: Mapped[Key]
    page_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_page.id", ondelete="CASCADE"))
    number: Mapped[int]  # from 1
    title_zh: Mapped[str | None]
    title_en: Mapped[str | None]
    body_zh: Mapped[str | None]  # Markdown
    body_en: Mapped[str | None]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime]


class ProgrammePartner(Base):
    """Whoever carries the programme along: a name, a logo, a link, and how."""

    __tablename__ = "programme_partner"
    __table_args__ = (
        one_of("level", *LEVELS),
        sa.CheckConstraint("name_zh IS NOT NULL OR name_en IS NOT NULL", name="name"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    level: Mapped[str] = mapped_column(default="partner")
    name_zh: Mapped[str | None]
    name_en: Mapped[str | None]
    url: Mapped[str | None]
    logo: Mapped[str | None] = mapped_column(sa.ForeignKey(Blob.sha256))
    created_at: Mapped[Created]


class ProgrammeAnswer(Base):
    """A question that is asked often, with its answer; hidden until it is shown."""

    __tablename__ = "programme_answer"
    __table_args__ = (
        sa.CheckConstraint("question_zh IS NOT NULL OR question_en IS NOT NULL", name="question"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    shown: Mapped[bool] = mapped_column(default=False)
    question_zh: Mapped[str | None]
    question_en: Mapped[str | None]
    answer_zh: Mapped[str | None]
    answer_en: Mapped[str | None]
    created_at: Mapped[Created]
