"""Tables of privacy: legal holds, and the erasing of people from asking to done."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import User
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rules.erasure import ERASURE

PERSON = "user_account.id"
_GOES_ON = sa.text("state in ('prepared','waiting','doing')")


class LegalHold(Base):
    """Nothing of this person is erased until that day, whatever else is due; why, and who says so."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        sa.CheckConstraint("(lifted_at IS NULL) = (lift_reason IS NULL)", name="lifted"),
        sa.CheckConstraint("reason <> ''", name="reason"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey(PERSON, ondelete="RESTRICT"), index=True)
    reason: Mapped[str]
    until: Mapped[dt.date]  # the last day on which it holds
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]
    lifted_at: Mapped[dt.datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    lift_reason: Mapped[str | None]

    user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[user_id])


class Erasure(Base):
    """Somebody is to be erased: asked for by themselves, or prepared by one administrator for a second one.

    `due_at` is when it is done at the earliest; until then it can be taken back. `kept` says what stayed,
    as `foreseeing` listed it when it was done.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        one_of("state", *sorted(ERASURE.states)),
        one_of("origin", "person", "office"),
        sa.CheckConstraint("(state = 'prepared') <= (origin = 'office')", name="prepared"),
        sa.CheckConstraint("(state in ('waiting','doing','done')) <= (due_at IS NOT NULL)", name="due"),
        sa.CheckConstraint("(state in ('done','cancelled')) = (ended_at IS NOT NULL)", name="ended"),
        sa.Index(
            "uq_erasure_going_on",
            "user_id",
            unique=True,
            sqlite_where=_GOES_ON,
            postgresql_where=_GOES_ON,
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey(PERSON, ondelete="RESTRICT"), index=True)
    state: Mapped[str]
    origin: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")  # of an administrator
    prepared_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    kept: Mapped[list[Any]] = mapped_column(default=list)  # [{kind, thing, until}]

    user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[user_id])
