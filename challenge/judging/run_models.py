"""A search for the best assignment: what was asked, how far it is, what came of it; and who fits what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key, Ref, one_of


class AssignmentRun(Base):
    """One search, or a workbook read or written in its place.

    A proposal stands until it is applied, put aside, or another one is asked for.
    """

    __tablename__ = "assignment_run"
    __table_args__ = (
        one_of("kind", "search", "import", "export"),
        one_of("state", "waiting", "proposed", "applied", "aside", "failed", "ready"),
        sa.Index(None, "phase_id", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    phase_id: Mapped[int] = mapped_column(sa.ForeignKey("judging_phase.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(default="search")
    state: Mapped[str] = mapped_column(default="waiting")
    step: Mapped[str] = mapped_column(default="")  # of the engine, while it is at work
    share: Mapped[int] = mapped_column(default=0)  # percent of the step
    options: Mapped[dict[str, Any]]
    world: Mapped[str | None]  # digest of what it was made of
    digest: Mapped[str | None]  # names exactly this proposal
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)  # the workbook
    asked_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]


class AssignmentFit(Base):
    """How well each judge of a run fits one entry: two signs a judge, in the order of the run's judges."""

    __tablename__ = "assignment_fit"

    run_id: Mapped[int] = mapped_column(
        sa.ForeignKey("assignment_run.id", ondelete="CASCADE"), primary_key=True
    )
    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    fits: Mapped[str]  # 00 to 99; -- where the judge does not read the entry's language
