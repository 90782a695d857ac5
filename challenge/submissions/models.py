"""Tables of submissions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import Organization
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.requirements.models import Requirement
from challenge.rules.lifecycles import SUBMISSION


class Submission(Base):
    """A solver's proposal for one requirement. `code` is its random pseudonym within the round (S-0417)."""

    __tablename__ = "submission"
    __table_args__ = (
        one_of("state", *sorted(SUBMISSION.states)),
        sa.UniqueConstraint("round_id", "code"),
        sa.CheckConstraint("state <> 'ineligible' OR state_reason IS NOT NULL", name="reason"),
        sa.Index("ix_submission_round", "round_id", "state", "id"),
        sa.Index("ix_submission_requirement", "requirement_id", "state"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    code: Mapped[str]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    requirement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("requirement.id"))
    owner_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organization.id"))
    state: Mapped[str] = mapped_column(default="draft")
    state_reason: Mapped[str | None]
    title: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    proposal: Mapped[str] = mapped_column(default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)  # indicator id -> {"met", "evidence"}
    trl_now: Mapped[int | None]
    trl_delivery: Mapped[int | None]
    quote_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    schedule: Mapped[str] = mapped_column(default="")
    team_name: Mapped[str] = mapped_column(default="")
    original: Mapped[bool] = mapped_column(default=False)  # the declaration of originality
    draft_version: Mapped[int] = mapped_column(default=1)  # refuses an edit made on a stale page
    start_number: Mapped[int | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    submitted_at: Mapped[dt.datetime | None]

    requirement: Mapped[Requirement | None] = relationship(lazy="raise_on_sql")
    organization: Mapped[Organization | None] = relationship(lazy="raise_on_sql")
    members: Mapped[list[TeamMember]] = relationship(lazy="raise_on_sql", order_by="TeamMember.id")
    versions: Mapped[list[Version]] = relationship(lazy="raise_on_sql", order_by="Version.number")


class TeamMember(Base):
    """A person behind a submission; without an account yet, an invitation waits under the address."""

    __tablename__ = "team_member"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "user_id"),
        sa.UniqueConstraint("submission_id", "email"),
        sa.Index(None, "user_id"),
    )

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    email: Mapped[str]
    name: Mapped[str]
    affiliation: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Created]


class Version(Base):
    """What was submitted, immutable: content, team, files, and the receipt as proof. One is current."""

    __tablename__ = "submission_version"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "number"),
        sa.Index(
            "uq_submission_version_current",
            "submission_id",
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        ),
    )

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"))
    number: Mapped[int]
    current: Mapped[bool]
    content: Mapped[dict[str, Any]]  # names nobody: a blind judge reads it
    team: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True, deferred_raiseload=True)
    manifest: Mapped[list[Any]]  # [{name, sha256, size, media_type}]
    digest: Mapped[str] = mapped_column(
        default=""
    )  # SHA-256 of all three: the same again is not entered twice
    submitted_at: Mapped[dt.datetime]
    submitted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    receipt: Mapped[dict[str, Any]]  # the signed statement, the signature and the key's name


class LateArrival(Base):
    """A submit that came too late: the draft is kept, and a signed refusal says what arrived and when."""

    __tablename__ = "late_arrival"

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    arrived_at: Mapped[dt.datetime]
    manifest: Mapped[list[Any]]
    refusal: Mapped[dict[str, Any]]
