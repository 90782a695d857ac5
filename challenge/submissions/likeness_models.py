"""Tables of the likeness check: sketches of entered versions, what a check found, and when it ran."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key, one_of


class LikenessSketch(Base):
    """The fingerprints of a version's text, made once: versions never change."""

    __tablename__ = "likeness_sketch"

    version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission_version.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    method: Mapped[str]  # the parameters they were made with; others are made anew
    fingerprints: Mapped[str]  # 64-bit numbers, eight bytes each, as base64


class LikenessRun(Base):
    """The state of a round's check and the figures of its last one."""

    __tablename__ = "likeness_run"
    __table_args__ = (one_of("state", "waiting", "done"),)

    round_id: Mapped[int] = mapped_column(
        sa.ForeignKey("round.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    state: Mapped[str]
    asked_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]
    figures: Mapped[dict[str, Any]]  # entries, earlier, pairs, most (submissions with a passage), left_out


class LikenessPair(Base):
    """Two entered versions with passages in common, the round's own first; `share` in parts of a thousand."""

    __tablename__ = "likeness_pair"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "version_id", "other_id"),
        sa.Index("ix_likeness_pair_order", "round_id", "share", "id"),
    )

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission_version.id", ondelete="CASCADE"), index=True
    )
    other_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission_version.id", ondelete="CASCADE"), index=True
    )
    share: Mapped[int]
    common: Mapped[int]  # fingerprints in both
    same_team: Mapped[bool]
    marks: Mapped[str]  # those fingerprints, as in a sketch: pages mark the passages by them
    found_at: Mapped[dt.datetime]
