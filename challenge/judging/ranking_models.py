"""Tables beside a ranking: its calibration, an estimate for each entry, what people decided of ties."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base, Exact
from challenge.base.types import Key, one_of

BY_PEOPLE = ("vote", "chair")


class Calibration(Base):
    """What was reckoned beside a fixed ranking, or beside the standings of a phase (no ranking named).

    `refused`: there is nothing to compare by, and `reason` says why; `failed`: the engine gave up.
    """

    __tablename__ = "calibration"
    __table_args__ = (
        one_of("state", "done", "refused", "failed"),
        one_of("model", "severity", "scale"),
        sa.CheckConstraint("(state = 'done') = (reason IS NULL)", name="reason"),
        sa.Index(
            "uq_calibration_live",
            "phase_id",
            unique=True,
            sqlite_where=sa.text("ranking_id IS NULL"),
            postgresql_where=sa.text("ranking_id IS NULL"),
        ),
    )

    id: Mapped[Key]
    phase_id: Mapped[int] = mapped_column(sa.ForeignKey("judging_phase.id", ondelete="CASCADE"))
    ranking_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("ranking.id", ondelete="CASCADE"), unique=True
    )
    state: Mapped[str]
    reason: Mapped[str | None]
    model: Mapped[str]
    input_digest: Mapped[str]
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    sweeps: Mapped[int]
    top: Mapped[int]  # K of "in the top K"
    engine: Mapped[str]  # what drew the random numbers
    judges: Mapped[list[Any]]  # label, severity, scale, noise, cards of each
    detail: Mapped[dict[str, Any]]  # axis, both winners, coin tosses; the pieces of a refusal
    created_at: Mapped[dt.datetime]


class Estimate(Base):
    """An entry's calibrated value with its uncertainty; `place` is that of the value."""

    __tablename__ = "estimate"
    __table_args__ = (sa.Index(None, "calibration_id", "place"),)

    calibration_id: Mapped[int] = mapped_column(
        sa.ForeignKey("calibration.id", ondelete="CASCADE"), primary_key=True
    )
    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    value: Mapped[Decimal] = mapped_column(Exact())
    low: Mapped[Decimal] = mapped_column(Exact())
    high: Mapped[Decimal] = mapped_column(Exact())
    top: Mapped[Decimal] = mapped_column(Exact())
    first_place: Mapped[int]
    last_place: Mapped[int]
    band: Mapped[int]
    place: Mapped[int]


class TieDecision(Base):
    """People's word on one entry in a tie: votes, or the chair's order. The higher figure goes first."""

    __tablename__ = "tie_decision"
    __table_args__ = (one_of("step", *BY_PEOPLE),)

    phase_id: Mapped[int] = mapped_column(
        sa.ForeignKey("judging_phase.id", ondelete="CASCADE"), primary_key=True
    )
    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    step: Mapped[str] = mapped_column(primary_key=True)
    figure: Mapped[int]
    who: Mapped[str]  # who voted, or who the chair was
    reason: Mapped[str]
    decided_at: Mapped[dt.datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
