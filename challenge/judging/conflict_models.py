"""What was found to tie a judge to an entry, with the evidence and what a person decided about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key, Ref, one_of
from challenge.rules.lifecycles import CONFLICT


class ConflictCase(Base):
    """One kind of tie between one judge and one entry. Its row stays when the data no longer show it."""

    __tablename__ = "conflict_case"
    __table_args__ = (
        sa.UniqueConstraint("judge_id", "submission_id", "kind"),
        one_of("state", *sorted(CONFLICT.states)),
        sa.CheckConstraint(
            "(state in ('confirmed','dismissed','overridden')) <= (decided_at IS NOT NULL)", name="decided"
        ),
        sa.CheckConstraint("(state in ('dismissed','overridden')) <= (reason IS NOT NULL)", name="reason"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("panel_judge.id", ondelete="CASCADE"))
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    state: Mapped[str]
    evidence: Mapped[list[Any]]  # names of people and organizations: for the organizer's eyes only
    evidence_digest: Mapped[str]
    found_at: Mapped[dt.datetime]
    gone_at: Mapped[dt.datetime | None]  # since when the data no longer show it
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    reason: Mapped[str | None]
