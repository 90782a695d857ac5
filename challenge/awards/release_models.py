"""The table of results on their way out: prepared by one person, approved by another, then a delay."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key, Ref, one_of
from challenge.rules.lifecycles import RELEASE


class ResultRelease(Base):
    """The results of a round as one person prepared them. Of those that were not stopped there is one.

    `digest` is over exactly what becomes public and whom which letter reaches; `parts` has it by kind, so
    that what changed can be named; `counts` are the figures that both people saw.
    """

    __tablename__ = "result_release"
    __table_args__ = (
        one_of("state", *sorted(RELEASE.states)),
        sa.CheckConstraint("delay_minutes > 0", name="delay"),
        sa.CheckConstraint("approved_by <> prepared_by", name="two_people"),
        sa.CheckConstraint(
            "state in ('prepared','stopped') OR (approved_at IS NOT NULL AND due_at IS NOT NULL)",
            name="approved",
        ),
        sa.CheckConstraint("(state = 'stopped') = (stop_code IS NOT NULL)", name="stopped"),
        sa.Index(
            "uq_result_release_one",
            "round_id",
            unique=True,
            sqlite_where=sa.text("state <> 'stopped'"),
            postgresql_where=sa.text("state <> 'stopped'"),
        ),
        sa.Index(
            "ix_result_release_due",
            "due_at",
            sqlite_where=sa.text("state = 'approved'"),
            postgresql_where=sa.text("state = 'approved'"),
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default=RELEASE.start)
    delay_minutes: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    parts: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    prepared_at: Mapped[dt.datetime]
    prepared_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    approved_at: Mapped[dt.datetime | None]
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    due_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]  # stopped or published
    stopped_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    stop_code: Mapped[str | None]  # by_hand, or what was found different when it was due
    reason: Mapped[str | None]  # the words of whoever stopped it
