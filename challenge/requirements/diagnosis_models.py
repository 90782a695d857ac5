"""Tables of expert diagnosis: who was asked, what they said and proposed, what of it was taken over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import User
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.requirements.models import Requirement
from challenge.rules.diagnosis import SCALES, VERDICTS, WORDED
from challenge.rules.lifecycles import DIAGNOSIS

PERSON = "user_account.id"
OPEN = "state IN ('asked','accepted')"
WHOLE = (
    "state <> 'handed_in' OR (handed_in_at IS NOT NULL AND verdict IS NOT NULL AND feasible IS NOT NULL"
    " AND clear IS NOT NULL AND novel IS NOT NULL AND budget IS NOT NULL)"
)


class Diagnosis(Base):
    """An expert's opinion on a requirement, and the wording that they propose.

    `wording` holds the fields that were put into other words, and no others; `seen` the requirement's own
    wording as it was shown to the expert: of an anonymous seeker without what names it.
    """

    __tablename__ = "diagnosis"
    __table_args__ = (
        one_of("state", *sorted(DIAGNOSIS.states)),
        one_of("verdict", *VERDICTS),
        *(one_of(name, *codes) for name, codes in SCALES.items()),
        sa.CheckConstraint(WHOLE, name="whole"),
        sa.CheckConstraint("given_at IS NULL OR handed_in_at IS NOT NULL", name="given"),
        sa.Index(
            "uq_diagnosis_open",
            "requirement_id",
            "expert_id",
            unique=True,
            postgresql_where=sa.text(OPEN),
            sqlite_where=sa.text(OPEN),
        ),
        sa.Index(None, "expert_id", "id"),
        sa.Index(None, "state", "due_at"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    requirement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="CASCADE"), index=True
    )
    expert_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    question: Mapped[str]
    due_at: Mapped[dt.datetime]
    with_closed: Mapped[bool] = mapped_column(default=False)  # with the confidential part
    named: Mapped[bool] = mapped_column(default=False)  # whether the seeker is told who the expert is
    state: Mapped[str] = mapped_column(default="asked")
    reason: Mapped[str | None]  # why it was declined
    feasible: Mapped[str | None]
    clear: Mapped[str | None]
    novel: Mapped[str | None]
    budget: Mapped[str | None]
    verdict: Mapped[str | None]
    advice: Mapped[str] = mapped_column(default="")
    wording: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seen: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    answered_at: Mapped[dt.datetime | None]
    handed_in_at: Mapped[dt.datetime | None]
    given_at: Mapped[dt.datetime | None]  # since when its seeker reads it

    requirement: Mapped[Requirement] = relationship(lazy="raise_on_sql")
    expert: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[expert_id])


class DiagnosisOpening(Base):
    """An expert read the confidential part. Rows are added before it is shown, one an hour, never changed."""

    __tablename__ = "diagnosis_opening"
    __table_args__ = (sa.UniqueConstraint("diagnosis_id", "reader_id", "hour"),)

    id: Mapped[Key]
    diagnosis_id: Mapped[int] = mapped_column(sa.ForeignKey("diagnosis.id", ondelete="CASCADE"))
    reader_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    at: Mapped[dt.datetime]
    hour: Mapped[dt.datetime]


class WordingTaken(Base):
    """A field of a proposal that the requirement's author took over. Rows are added, never changed."""

    __tablename__ = "wording_taken"
    __table_args__ = (one_of("field", *WORDED),)

    id: Mapped[Key]
    diagnosis_id: Mapped[int] = mapped_column(sa.ForeignKey("diagnosis.id", ondelete="CASCADE"), index=True)
    field: Mapped[str]
    taken_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    taken_at: Mapped[dt.datetime]
