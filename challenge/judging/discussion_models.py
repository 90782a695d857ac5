"""Tables of what follows a lock: cards as they were before they were opened again, and what judges say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base, Exact
from challenge.base.types import Key


class ScorecardRevision(Base):
    """A scorecard as it was locked before it was opened again; never changed."""

    __tablename__ = "scorecard_revision"
    __table_args__ = (sa.UniqueConstraint("scorecard_id", "number"),)

    id: Mapped[Key]
    scorecard_id: Mapped[int] = mapped_column(sa.ForeignKey("scorecard.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1 is the first that was locked
    total: Mapped[Decimal | None] = mapped_column(Exact())
    scores: Mapped[dict[str, Any]]  # criterion id -> {"value": text or none, "comment": text}
    comment_organizer: Mapped[str]
    comment_solver: Mapped[str]
    locked_at: Mapped[dt.datetime]
    reason: Mapped[str]  # why it was opened again
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime]


class DiscussionComment(Base):
    """What a judge says about an entry to its other judges, who see the label and never the name."""

    __tablename__ = "discussion_comment"
    __table_args__ = (
        sa.UniqueConstraint("judge_id", "submission_id", "digest"),
        sa.Index(None, "phase_id", "submission_id"),
    )

    id: Mapped[Key]
    phase_id: Mapped[int] = mapped_column(sa.ForeignKey("judging_phase.id", ondelete="CASCADE"))
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("panel_judge.id", ondelete="CASCADE"))
    text: Mapped[str]
    digest: Mapped[str]  # the same said twice is said once
    at: Mapped[dt.datetime]
