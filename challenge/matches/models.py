"""Tables of matching: vectors of texts, when a requirement was matched, and what came of it.

All of it is reckoned from other tables and may be thrown away. No row holds a text: vectors go by the digest
of what they were made of, and leave with it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key, one_of
from challenge.rules.matching import KINDS


class TextVector(Base):
    """What one model makes of one text: half-precision numbers, as base64."""

    __tablename__ = "text_vector"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    model: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    numbers: Mapped[str]


class MatchRun(Base):
    """When a requirement was matched, against how many, and the digest of everything that was compared."""

    __tablename__ = "match_run"

    requirement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    digest: Mapped[str] = mapped_column(sa.String(64))
    models: Mapped[list[str]]
    profiles: Mapped[dict[str, Any]]  # kind -> how many were compared
    made_at: Mapped[dt.datetime]


class Match(Base):
    """One expert, achievement or organization for one requirement, with its place among its kind."""

    __tablename__ = "requirement_match"
    __table_args__ = (
        one_of("kind", *KINDS),
        sa.CheckConstraint(
            "(kind = 'expert') = (expert_id IS NOT NULL)"
            " AND (kind = 'achievement') = (achievement_id IS NOT NULL)"
            " AND (kind = 'organization') = (organization_id IS NOT NULL)",
            name="subject",
        ),
        sa.UniqueConstraint("requirement_id", "kind", "place"),
    )

    id: Mapped[Key]
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id", ondelete="CASCADE"))
    kind: Mapped[str]
    place: Mapped[int]
    score: Mapped[int]  # in parts of a thousand
    expert_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    achievement_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("achievement.id", ondelete="CASCADE"), index=True
    )
    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    reasons: Mapped[list[Any]]
