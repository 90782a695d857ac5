"""Tables of awards."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rounds.models import Prize
from challenge.rules.lifecycles import AWARD
from challenge.submissions.models import Submission


class Decision(Base):
    """The seeker's word on one requirement: who is chosen, and why where it differs from the ranking."""

    __tablename__ = "seeker_decision"
    __table_args__ = (
        one_of("verdict", "pending", "confirmed", "differs", "nobody", "overridden"),
        sa.CheckConstraint(
            "verdict in ('pending','confirmed') OR (reason IS NOT NULL AND reason <> '')", name="reason"
        ),
        sa.CheckConstraint("verdict not in ('confirmed','differs') OR chosen_id IS NOT NULL", name="chosen"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id"), unique=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    ranking_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ranking.id"))  # that it was asked from
    proposed_id: Mapped[int | None] = mapped_column(sa.ForeignKey("submission.id"))
    chosen_id: Mapped[int | None] = mapped_column(sa.ForeignKey("submission.id"))
    verdict: Mapped[str] = mapped_column(default="pending")
    reason: Mapped[str | None]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    chosen: Mapped[Submission | None] = relationship(foreign_keys=[chosen_id], lazy="raise_on_sql")
    proposed: Mapped[Submission | None] = relationship(foreign_keys=[proposed_id], lazy="raise_on_sql")


class Award(Base):
    """Who won which slot of a prize. The constraint makes a second winner of a slot impossible."""

    __tablename__ = "award"
    __table_args__ = (
        one_of("state", *sorted(AWARD.states)),
        sa.Index(
            "uq_award_slot",
            "prize_id",
            "requirement_id",
            "slot",
            unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        ),
        sa.Index(
            "uq_award_once",
            "prize_id",
            "submission_id",
            unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    prize_id: Mapped[int] = mapped_column(sa.ForeignKey("prize.id"))
    # 0 for a prize of the whole round, so that the unique index sees equal values, not NULLs.
    requirement_id: Mapped[int] = mapped_column(default=0)
    slot: Mapped[int] = mapped_column(default=1)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"), index=True)
    ranking_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ranking.id"))  # that it was proposed from
    state: Mapped[str] = mapped_column(default="proposed")
    amount_minor: Mapped[int | None] = mapped_column(sa.BigInteger)  # its share of a pool
    created_at: Mapped[Created]
    confirmed_at: Mapped[dt.datetime | None]

    prize: Mapped[Prize] = relationship(lazy="raise_on_sql")
    submission: Mapped[Submission] = relationship(lazy="raise_on_sql")


class Notice(Base):
    """The dated public notice of a round's awards; publication waits for its end."""

    __tablename__ = "public_notice"
    __table_args__ = (sa.CheckConstraint("starts_at < ends_at", name="order"),)

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    ranking_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ranking.id"))
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None]
    # Since when an upheld objection waits for what follows from it; the rest of the notice stands.
    reopened_at: Mapped[dt.datetime | None]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))


class GalleryEntry(Base):
    """What a team lets everyone see of its entry after the results; without `shown`, nothing any more.

    Its `ref` is its own, so that the address does not tell which pseudonym of the ranking it is.
    """

    __tablename__ = "gallery_entry"

    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True
    )
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("submission_version.id", ondelete="CASCADE"))
    shown: Mapped[bool]
    named: Mapped[bool] = mapped_column(default=False)
    files: Mapped[list[str]] = mapped_column(default=list)  # SHA-256 of the version's files that are shown
    decided_at: Mapped[dt.datetime]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
