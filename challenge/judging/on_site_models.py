"""Tables of a final on site: how it is set up and drawn, its running order, its workbooks of paper scores."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rules.timing import PARTS

REVEALS = ("hidden", "total", "ranking", "places")


class OnSite(Base):
    """A final that is held on site: its draw, what is on stage now, and what the big screen shows.

    `board` holds only what the chair has revealed: the screen reads it and nothing else of any score.
    """

    __tablename__ = "on_site"
    __table_args__ = (
        one_of("part", *PARTS),
        one_of("reveal", *REVEALS),
        sa.CheckConstraint("presentation_seconds > 0", name="presentation_seconds"),
        sa.CheckConstraint("question_seconds >= 0", name="question_seconds"),
        sa.CheckConstraint("(committed_at IS NULL) = (seed IS NULL)", name="committed"),
        sa.CheckConstraint("(seed IS NULL) = (seed_digest IS NULL)", name="digest"),
        sa.CheckConstraint("(drawn_at IS NOT NULL) <= (committed_at IS NOT NULL)", name="drawn"),
    )

    phase_id: Mapped[int] = mapped_column(
        sa.ForeignKey("judging_phase.id", ondelete="CASCADE"), primary_key=True
    )
    presentation_seconds: Mapped[int]
    question_seconds: Mapped[int]
    chair_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    screen_key: Mapped[str]
    screen_public: Mapped[bool] = mapped_column(default=False)
    # The draw: nobody reads the seed before it is made public.
    seed: Mapped[str | None]
    seed_digest: Mapped[str | None]
    committed_at: Mapped[dt.datetime | None]
    word: Mapped[str] = mapped_column(default="")  # said aloud at the draw, mixed into the order
    drawn_at: Mapped[dt.datetime | None]
    # On stage
    current_id: Mapped[int | None] = mapped_column(sa.ForeignKey("submission.id", ondelete="SET NULL"))
    part: Mapped[str] = mapped_column(default="presentation")
    running_since: Mapped[dt.datetime | None]
    spent_ms: Mapped[int] = mapped_column(default=0)
    # On the big screen
    reveal: Mapped[str] = mapped_column(default="hidden")
    board: Mapped[list[Any]] = mapped_column(default=list)
    withheld: Mapped[list[Any]] = mapped_column(default=list)  # final places still to be shown, next one last
    version: Mapped[int] = mapped_column(default=1)  # moved by the chair alone: what the screens ask for
    created_at: Mapped[Created]


class StageTurn(Base):
    """An entry of the running order, fixed when the seed's digest was published; its place from the draw."""

    __tablename__ = "stage_turn"
    __table_args__ = (sa.UniqueConstraint("phase_id", "position"),)

    phase_id: Mapped[int] = mapped_column(
        sa.ForeignKey("judging_phase.id", ondelete="CASCADE"), primary_key=True
    )
    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int | None]
    on_stage_at: Mapped[dt.datetime | None]  # from then on judges score it


class ScoreBook(Base):
    """A workbook of paper scores: the template that goes out, or a filled one that came in."""

    __tablename__ = "score_book"
    __table_args__ = (
        one_of("kind", "template", "scores"),
        one_of("state", "coming", "done", "refused"),
        sa.Index(None, "phase_id", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    phase_id: Mapped[int] = mapped_column(sa.ForeignKey("judging_phase.id", ondelete="CASCADE"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="coming")
    sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    only_valid: Mapped[bool] = mapped_column(default=False)  # take the right rows although others are wrong
    faults: Mapped[list[Any]] = mapped_column(default=list)  # cell, code, parameters
    entered: Mapped[int] = mapped_column(default=0)  # cards that were locked from it
    locale: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    done_at: Mapped[dt.datetime | None]
