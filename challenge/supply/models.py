"""Tables of achievements and experts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import Organization, User
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.requirements.models import FIELDS
from challenge.rules.lifecycles import ACHIEVEMENT
from challenge.rules.supply import AVAILABILITY, IP_STATES


class Achievement(Base):
    """A technology on offer; it belongs to one organization or to one person.

    `detail` is confidential and loads only by its own query: the owner and whoever it was opened to.
    """

    __tablename__ = "achievement"
    __table_args__ = (
        one_of("state", *sorted(ACHIEVEMENT.states)),
        one_of("field", *FIELDS),
        one_of("ip_status", *IP_STATES),
        sa.CheckConstraint("(organization_id IS NULL) <> (person_id IS NULL)", name="owner"),
        sa.CheckConstraint("trl IS NULL OR trl BETWEEN 1 AND 9", name="trl"),
        sa.CheckConstraint("price_minor IS NULL OR price_minor >= 0", name="price"),
        sa.CheckConstraint(
            "state <> 'published' OR title_zh IS NOT NULL OR title_en IS NOT NULL", name="title"
        ),
        sa.Index(None, "state", "id"),
        sa.Index(None, "state", "confirmed_at"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(default="draft")
    title_zh: Mapped[str | None]
    title_en: Mapped[str | None]
    summary_zh: Mapped[str | None]
    summary_en: Mapped[str | None]
    detail: Mapped[str] = mapped_column(default="", deferred=True, deferred_raiseload=True)
    field: Mapped[str | None]
    keywords: Mapped[list[str]] = mapped_column(default=list)
    trl: Mapped[int | None]
    ip_status: Mapped[str | None]
    modes: Mapped[list[str]] = mapped_column(default=list)
    price_minor: Mapped[int | None] = mapped_column(sa.BigInteger)  # none: on request
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    region: Mapped[str | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    published_at: Mapped[dt.datetime | None]
    confirmed_at: Mapped[Created]  # when its owner last said that it is right

    organization: Mapped[Organization | None] = relationship(lazy="raise_on_sql")
    person: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])


class AchievementOpening(Base):
    """The confidential part of an achievement is open to whoever owns this mail address."""

    __tablename__ = "achievement_opening"

    achievement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("achievement.id", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    opened_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]


class Expert(Base):
    """What a person knows about, and what they consent to. The one place of it: judging reads it here."""

    __tablename__ = "expert"
    __table_args__ = (
        one_of("field", *FIELDS),
        one_of("availability", *AVAILABILITY),
        sa.CheckConstraint("weekly_letters BETWEEN 0 AND 50", name="weekly_letters"),
        sa.Index(None, "listed", "user_id"),
    )

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    ref: Mapped[Ref]
    keywords: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # "zh", "en"
    field: Mapped[str | None]
    region: Mapped[str | None]
    about_zh: Mapped[str | None]
    about_en: Mapped[str | None]
    availability: Mapped[str] = mapped_column(default="open")
    # Consents; nothing is public, matched or written to unless it was said.
    listed: Mapped[bool] = mapped_column(default=False)
    matched: Mapped[bool] = mapped_column(default=False)
    mailed: Mapped[bool] = mapped_column(default=False)
    weekly_letters: Mapped[int] = mapped_column(default=1)  # at most so many letters a week
    updated_at: Mapped[dt.datetime]
    confirmed_at: Mapped[Created]

    user: Mapped[User] = relationship(lazy="raise_on_sql")


class ExpertDocument(Base):
    """A text that shows what a person works on, for nobody else to read; or a publication of theirs."""

    __tablename__ = "expert_document"
    __table_args__ = (
        one_of("kind", "text", "publication"),
        sa.UniqueConstraint("user_id", "kind", "known_by"),
        sa.Index(None, "user_id", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(default="text")
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")  # an abstract, or the text itself
    doi: Mapped[str | None]
    year: Mapped[int | None]
    venue: Mapped[str] = mapped_column(default="")
    known_by: Mapped[str | None]  # of a publication: its DOI, else its title folded; twice is one
    created_at: Mapped[Created]


class SupplyBook(Base):
    """A workbook of achievements: the template that goes out, or a filled one that came in."""

    __tablename__ = "supply_book"
    __table_args__ = (
        one_of("kind", "template", "achievements"),
        one_of("state", "coming", "done", "refused"),
        sa.Index(None, "author_id", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )  # whose achievements; none: the author's own
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="coming")
    sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    only_valid: Mapped[bool] = mapped_column(default=False)  # take the right rows although others are wrong
    update_known: Mapped[bool] = mapped_column(default=False)  # change those that exist already
    publish: Mapped[bool] = mapped_column(default=False)  # the new ones at once
    faults: Mapped[list[Any]] = mapped_column(default=list)  # cell, code, parameters
    known: Mapped[list[Any]] = mapped_column(default=list)  # those that exist: row, ref, title, what differs
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    locale: Mapped[str]
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    created_at: Mapped[Created]
    done_at: Mapped[dt.datetime | None]
