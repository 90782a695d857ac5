"""Tables of feedback: what the teams of a phase get to read, and what became of single comments."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.ids import new_ref
from challenge.base.types import one_of

SCORES = ("none", "totals", "criteria")
STANDINGS = ("none", "band", "tie", "place")
VERDICTS = ("as_written", "redacted", "hidden")


class PhaseFeedback(Base):
    """What the organizer chose for a phase; nobody reads any of it before it is released, once."""

    __tablename__ = "phase_feedback"
    __table_args__ = (
        one_of("scores", *SCORES),
        one_of("standing", *STANDINGS),
        sa.CheckConstraint("NOT names OR comments OR on_criteria", name="names"),
    )

    phase_id: Mapped[int] = mapped_column(
        sa.ForeignKey("judging_phase.id", ondelete="CASCADE"), primary_key=True
    )
    scores: Mapped[str] = mapped_column(default="none")
    standing: Mapped[str] = mapped_column(default="none")
    comments: Mapped[bool] = mapped_column(default=False)
    on_criteria: Mapped[bool] = mapped_column(default=False)  # those comments that were released one by one
    names: Mapped[bool] = mapped_column(default=False)  # of those who wrote the comments
    seed: Mapped[str] = mapped_column(default=new_ref)  # of the order of comments, which tells nobody apart
    released_at: Mapped[dt.datetime | None]
    released_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))


class _Ruled:
    """The organizer's word on a comment of a judge; the comment itself stays as it was written."""

    scorecard_id: Mapped[int] = mapped_column(
        sa.ForeignKey("scorecard.id", ondelete="CASCADE"), primary_key=True
    )
    verdict: Mapped[str]
    text: Mapped[str | None]  # what the team reads instead
    digest: Mapped[str]  # SHA-256 of the comment that was decided on; of another one this says nothing
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    decided_at: Mapped[dt.datetime]


def _checks() -> tuple[sa.CheckConstraint, ...]:
    return (
        one_of("verdict", *VERDICTS),
        sa.CheckConstraint("(verdict = 'redacted') = (text IS NOT NULL)", name="text"),
    )


class CommentRuling(_Ruled, Base):
    """On a comment to a team; without a word the team reads it."""

    __tablename__ = "comment_ruling"
    __table_args__ = _checks()


class CriterionRuling(_Ruled, Base):
    """On a comment on one criterion; without a word no team reads it."""

    __tablename__ = "criterion_ruling"
    __table_args__ = _checks()

    criterion_id: Mapped[int] = mapped_column(
        sa.ForeignKey("criterion.id", ondelete="CASCADE"), primary_key=True
    )
