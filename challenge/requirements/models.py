"""Tables of requirements and their questions."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import Organization
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rounds.models import Round
from challenge.rules.lifecycles import REQUIREMENT

FIELDS = (
    "electronics",
    "biomedicine",
    "aerospace",
    "materials",
    "services",
    "energy",
    "environment",
    "manufacturing",
    "agrifood",
)
MODES = ("entrusted", "joint", "transfer", "licence", "equity", "other")
COMPARISONS = ("ge", "gt", "le", "lt", "eq", "yes")


class Requirement(Base):
    """A technical need; a draft of it may lack anything.

    `confidential_part`, the contact and the seeker of an anonymous one load only by their own query.
    """

    __tablename__ = "requirement"
    __table_args__ = (
        one_of("state", *sorted(REQUIREMENT.states)),
        one_of("field", *FIELDS),
        sa.CheckConstraint(
            "state in ('draft','returned','withdrawn') OR title_zh IS NOT NULL OR title_en IS NOT NULL",
            name="title",
        ),
        sa.CheckConstraint(
            "budget_min_minor IS NULL OR budget_max_minor IS NULL OR budget_min_minor <= budget_max_minor",
            name="budget",
        ),
        sa.CheckConstraint("(state in ('returned','rejected')) <= (state_reason IS NOT NULL)", name="reason"),
        sa.CheckConstraint("starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name="period"),
        sa.CheckConstraint(
            "state not in ('submitted','published','selected') OR NOT on_behalf OR confirmed_at IS NOT NULL",
            name="confirmed",
        ),
        sa.Index("ix_requirement_list", "round_id", "state", "id"),
        sa.Index("ix_requirement_public", "state", "id"),
        sa.Index("ix_requirement_field", "field", "state", "id"),
        sa.Index("ix_requirement_round_field", "round_id", "field", "state"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    number: Mapped[str | None] = mapped_column(unique=True)  # R-2026-014, given at publication
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    seeker_id: Mapped[int] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    # The branch of the round's host that looks after it, and since when it has passed the branch's desk.
    branch_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="SET NULL"), index=True
    )
    branch_accepted_at: Mapped[dt.datetime | None]
    anonymous: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="draft")
    state_reason: Mapped[str | None]
    title_zh: Mapped[str | None]
    title_en: Mapped[str | None]
    summary_zh: Mapped[str | None]
    summary_en: Mapped[str | None]
    problem_zh: Mapped[str | None]
    problem_en: Mapped[str | None]
    goals: Mapped[str] = mapped_column(default="")
    confidential_part: Mapped[str] = mapped_column(default="", deferred=True, deferred_raiseload=True)
    # Whom the organizer may ask: nobody else reads it.
    contact_name: Mapped[str] = mapped_column(default="", deferred=True, deferred_raiseload=True)
    contact_phone: Mapped[str] = mapped_column(default="", deferred=True, deferred_raiseload=True)
    contact_email: Mapped[str] = mapped_column(default="", deferred=True, deferred_raiseload=True)
    field: Mapped[str | None]  # open in a draft, and where an import brought none
    industry: Mapped[str | None]  # rules.industries: a section or a division
    keywords: Mapped[list[str]] = mapped_column(default=list)
    modes: Mapped[list[str]] = mapped_column(default=list)
    region: Mapped[str | None]  # rules.regions: a code; in a draft whatever was typed
    partners: Mapped[str] = mapped_column(default="")  # with whom the seeker would like to work
    starts_on: Mapped[dt.date | None]
    ends_on: Mapped[dt.date | None]
    ip_wish: Mapped[str] = mapped_column(default="")
    budget_min_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    budget_max_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    closes_at: Mapped[dt.datetime | None]  # earlier than its round's submission close, if set
    version: Mapped[int] = mapped_column(default=1)
    submission_count: Mapped[int] = mapped_column(default=0)
    question_count: Mapped[int] = mapped_column(default=0)  # answered for everyone to read
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    published_at: Mapped[dt.datetime | None]
    source: Mapped[str | None] = mapped_column(unique=True)
    # The need of an earlier edition that it repeats: the first of them, never one that repeats another.
    origin_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="SET NULL"), index=True
    )
    # Written down by somebody else for a firm: handed in once the firm has confirmed it as it stands.
    on_behalf: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[dt.datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))

    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    seeker: Mapped[Organization] = relationship(lazy="raise_on_sql", foreign_keys="Requirement.seeker_id")
    indicators: Mapped[list[Indicator]] = relationship(
        lazy="raise_on_sql", order_by="Indicator.position", cascade="all, delete-orphan"
    )


class Indicator(Base):
    """One measurable row: name, unit, comparison, target, and whether it must or should be met."""

    __tablename__ = "indicator"
    __table_args__ = (
        one_of("comparison", *COMPARISONS),
        one_of("level", "must", "should"),
        sa.CheckConstraint("(comparison = 'yes') = (target IS NULL)", name="target"),
    )

    id: Mapped[Key]
    requirement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    name_zh: Mapped[str | None]
    name_en: Mapped[str | None]
    unit: Mapped[str] = mapped_column(default="")
    comparison: Mapped[str] = mapped_column(default="ge")
    # A decimal as written: 99.20 keeps its zero. In a draft whatever was typed, '' where nothing was.
    target: Mapped[str | None]
    level: Mapped[str] = mapped_column(default="must")


class Question(Base):
    """A question on a round, or on one requirement of it; answered for everyone to read, or privately."""

    __tablename__ = "question"
    __table_args__ = (
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        sa.Index(None, "round_id", "requirement_id", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    requirement_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="CASCADE"), index=True
    )
    asker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    body: Mapped[str]
    answer: Mapped[str | None]
    public: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    # Which version of the requirement it was asked and answered about; none for one on the round.
    asked_version: Mapped[int | None]
    answered_version: Mapped[int | None]
    corrected_at: Mapped[
        dt.datetime | None
    ]  # since when the answer says what it says, where it was corrected
    created_at: Mapped[Created]
