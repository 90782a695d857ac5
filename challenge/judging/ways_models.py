"""Tables of the other ways to judge: ballots that order the entries, and the public's votes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key, Ref, one_of


class Ballot(Base):
    """A judge's order of the entries, the best first: a draft until locked. It may leave entries out."""

    __tablename__ = "ballot"
    __table_args__ = (
        one_of("state", "draft", "locked"),
        sa.CheckConstraint("(state = 'locked') = (locked_at IS NOT NULL)", name="locked"),
    )

    id: Mapped[Key]
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("panel_judge.id", ondelete="CASCADE"), unique=True)
    choices: Mapped[list[int]] = mapped_column(sa.JSON)  # submissions by their number, the best first
    state: Mapped[str] = mapped_column(default="draft")
    saved_at: Mapped[dt.datetime]
    locked_at: Mapped[dt.datetime | None]


class Pair(Base):
    """Two entries that were put before a judge, in the order they were shown, and what the judge said."""

    __tablename__ = "judged_pair"
    __table_args__ = (
        one_of("choice", "first", "second", "skip", "void"),
        sa.CheckConstraint("(choice = 'skip') <= (reason IS NOT NULL)", name="reason"),
        sa.CheckConstraint("first_id <> second_id", name="two"),
        sa.Index(
            "uq_judged_pair_open",
            "judge_id",
            unique=True,
            sqlite_where=sa.text("choice IS NULL"),
            postgresql_where=sa.text("choice IS NULL"),
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("panel_judge.id", ondelete="CASCADE"), index=True)
    first_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    second_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    choice: Mapped[str | None]
    reason: Mapped[str | None]
    shown_at: Mapped[dt.datetime]
    chosen_at: Mapped[dt.datetime | None]


class Working(Base):
    """How a ranking was counted where it is not made of scorecards; as unchangeable as its ranking."""

    __tablename__ = "ranking_working"

    ranking_id: Mapped[int] = mapped_column(sa.ForeignKey("ranking.id", ondelete="CASCADE"), primary_key=True)
    steps: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class VoteEntry(Base):
    """An entry that the organizer puts before the public, with its team's consent."""

    __tablename__ = "vote_entry"

    phase_id: Mapped[int] = mapped_column(
        sa.ForeignKey("judging_phase.id", ondelete="CASCADE"), primary_key=True
    )
    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class PublicVote(Base):
    """The vote of an account: one in a phase."""

    __tablename__ = "public_vote"
    __table_args__ = (sa.Index(None, "phase_id", "submission_id"),)

    phase_id: Mapped[int] = mapped_column(
        sa.ForeignKey("judging_phase.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"))
    voted_at: Mapped[dt.datetime]
