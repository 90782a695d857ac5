"""Tables of proposals offered anew: the team's consent, what was found, what was offered and answered.

A row of consent is the consent: it goes with the word, and nothing is shown or offered without one.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.base.db import Base, Exact
from challenge.base.types import Key, Ref, one_of
from challenge.docking.models import DockingPair
from challenge.requirements.models import Requirement
from challenge.rules.lifecycles import ANEW_OFFER
from challenge.submissions.models import Submission

PERSON = "user_account.id"
PARTS = ("summary", "whole")
BARS = ("share", "total")


class AnewConsent(Base):
    """The organizers may offer this entry to seekers of similar needs: its summary, or all of it."""

    __tablename__ = "anew_consent"
    __table_args__ = (one_of("part", *PARTS),)

    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    part: Mapped[str]
    named: Mapped[bool]
    decided_at: Mapped[dt.datetime]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))


class AnewSearch(Base):
    """From which standing on a round's entries are offered, and when similar needs were last found."""

    __tablename__ = "anew_search"
    __table_args__ = (one_of("bar", *BARS),)

    round_id: Mapped[int] = mapped_column(
        sa.ForeignKey("round.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    bar: Mapped[str]
    least: Mapped[Decimal] = mapped_column(Exact())  # the best so many per cent, or a total from here on
    asked_at: Mapped[dt.datetime]
    found_at: Mapped[dt.datetime | None]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))


class AnewMatch(Base):
    """A need that an entry may answer too, with what speaks for it. Reckoned, and made anew each time."""

    __tablename__ = "anew_match"

    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    requirement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    score: Mapped[int]  # in parts of a thousand
    reasons: Mapped[list[Any]]


class AnewOffer(Base):
    """An entry offered to the seeker of a need, once; answered with interest or a reason, or ended."""

    __tablename__ = "anew_offer"
    __table_args__ = (
        one_of("state", *sorted(ANEW_OFFER.states)),
        sa.UniqueConstraint("submission_id", "requirement_id"),
        sa.CheckConstraint("(state = 'declined') = (reason IS NOT NULL)", name="reason"),
        sa.CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"))
    requirement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(default=ANEW_OFFER.start)
    reason: Mapped[str | None]  # why not, for the organizers alone
    pair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("docking_pair.id", ondelete="SET NULL"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))

    submission: Mapped[Submission] = relationship(lazy="raise_on_sql")
    requirement: Mapped[Requirement] = relationship(lazy="raise_on_sql")
    pair: Mapped[DockingPair | None] = relationship(lazy="raise_on_sql")
