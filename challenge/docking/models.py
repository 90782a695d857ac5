"""Tables of docking: a pair of a requirement and a candidate, and their meetings one after the other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import Organization, User
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.distribution.models import Recipient
from challenge.requirements.models import Requirement
from challenge.rules.lifecycles import DOCKING

CHANNELS = ("on_site", "video", "phone", "mail", "visit")
VERDICTS = ("promising", "not_yet", "no")
NOTES_LENGTH = 2000
PERSON = "user_account.id"
ONE_CANDIDATE = (
    "(CASE WHEN user_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN organization_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN recipient_id IS NULL THEN 0 ELSE 1 END) = 1"
)


class DockingPair(Base):
    """A requirement and one candidate for it: a person, an organization, or an address that answered."""

    __tablename__ = "docking_pair"
    __table_args__ = (
        sa.CheckConstraint(ONE_CANDIDATE, name="candidate"),
        sa.UniqueConstraint("requirement_id", "user_id"),
        sa.UniqueConstraint("requirement_id", "organization_id"),
        sa.UniqueConstraint("requirement_id", "recipient_id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="CASCADE"), index=True)
    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    recipient_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("recipient.id", ondelete="CASCADE"), index=True
    )
    # Whether the candidate is told who the seeker is; of an anonymous seeker only by its own word.
    names_seeker: Mapped[bool] = mapped_column(default=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]

    requirement: Mapped[Requirement] = relationship(lazy="raise_on_sql")
    user: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[user_id])
    organization: Mapped[Organization | None] = relationship(lazy="raise_on_sql")
    recipient: Mapped[Recipient | None] = relationship(lazy="raise_on_sql")


class Docking(Base):
    """One meeting or exchange of a pair: when, how, with whom, what both sides think, what comes next."""

    __tablename__ = "docking"
    __table_args__ = (
        one_of("state", *sorted(DOCKING.states)),
        one_of("channel", *CHANNELS),
        one_of("seeker_verdict", *VERDICTS),
        one_of("candidate_verdict", *VERDICTS),
        sa.CheckConstraint(f"length(notes) <= {NOTES_LENGTH}", name="notes"),
        sa.CheckConstraint("ends_at > starts_at", name="times"),
        sa.CheckConstraint("(state = 'cancelled') <= (reason IS NOT NULL)", name="reason"),
        sa.UniqueConstraint("pair_id", "number"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    pair_id: Mapped[int] = mapped_column(sa.ForeignKey("docking_pair.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="planned")
    channel: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    people: Mapped[list[Any]] = mapped_column(default=list)  # [{side, name, address}]
    nda: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(default="")
    seeker_verdict: Mapped[str | None]
    candidate_verdict: Mapped[str | None]
    blocker: Mapped[str] = mapped_column(default="")
    next_action: Mapped[str] = mapped_column(default="")
    next_at: Mapped[dt.datetime | None]
    reason: Mapped[str | None]  # why it was called off
    revision: Mapped[int] = mapped_column(default=0)  # of the invitation in calendars
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]
    settled_at: Mapped[dt.datetime | None]
    moved_at: Mapped[Created]

    pair: Mapped[DockingPair] = relationship(lazy="raise_on_sql")
