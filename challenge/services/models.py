"""Tables of services: the lines of a catalogue, what was asked for, and what both sides wrote about it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import Organization, User
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rules.lifecycles import SERVICE, SERVICE_REQUEST
from challenge.rules.services import HIGHEST, KINDS, LOWEST, MOST_QUIET_DAYS, QUIET_DAYS

PERSON, ORGANIZATION = "user_account.id", "organization.id"
SIDES = ("seeker", "broker", "organizer")  # as what somebody asked
ABOUT = ("requirement", "agreement")  # what a request may be about


class Service(Base):
    """A line of a catalogue: `centre` answers for it; `provider` does it: itself, a branch, a partner."""

    __tablename__ = "service"
    __table_args__ = (
        one_of("state", *sorted(SERVICE.states)),
        one_of("kind", *KINDS),
        sa.CheckConstraint("name_zh IS NOT NULL OR name_en IS NOT NULL", name="name"),
        sa.CheckConstraint(f"quiet_days BETWEEN 1 AND {MOST_QUIET_DAYS}", name="quiet_days"),
        sa.Index(None, "state", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    centre_id: Mapped[int] = mapped_column(sa.ForeignKey(ORGANIZATION, ondelete="CASCADE"), index=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey(ORGANIZATION, ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default="draft")
    kind: Mapped[str]
    name_zh: Mapped[str | None]
    name_en: Mapped[str | None]
    text_zh: Mapped[str | None]
    text_en: Mapped[str | None]
    fee_zh: Mapped[str | None]
    fee_en: Mapped[str | None]
    lasts_zh: Mapped[str | None]
    lasts_en: Mapped[str | None]
    quiet_days: Mapped[int] = mapped_column(default=QUIET_DAYS)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]
    updated_at: Mapped[Created]

    centre: Mapped[Organization] = relationship(lazy="raise_on_sql", foreign_keys=[centre_id])
    provider: Mapped[Organization] = relationship(lazy="raise_on_sql", foreign_keys=[provider_id])


class ServiceRequest(Base):
    """What an organization asked for; `about`, `about_id`: for which need or agreement, if any."""

    __tablename__ = "service_request"
    __table_args__ = (
        one_of("state", *sorted(SERVICE_REQUEST.states)),
        one_of("asked_as", *SIDES),
        one_of("about", *ABOUT),
        sa.CheckConstraint("(about IS NULL) = (about_id IS NULL)", name="about_whole"),
        sa.CheckConstraint(f"rating BETWEEN {LOWEST} AND {HIGHEST}", name="rating"),
        sa.CheckConstraint("(state = 'closed') = (rating IS NOT NULL)", name="rated"),
        sa.CheckConstraint("(state IN ('refused','cancelled')) <= (reason IS NOT NULL)", name="reason"),
        sa.Index(None, "service_id", "state"),
        sa.Index(None, "about", "about_id"),
        sa.Index(None, "state", "quiet_at"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("service.id", ondelete="CASCADE"))
    asker_id: Mapped[int] = mapped_column(sa.ForeignKey(ORGANIZATION, ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    asked_as: Mapped[str] = mapped_column(default="seeker")
    about: Mapped[str | None]
    about_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="asked")
    reason: Mapped[str | None]
    assigned_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    due_on: Mapped[dt.date | None]
    rating: Mapped[int | None]
    rating_text: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[Created]
    accepted_at: Mapped[dt.datetime | None]
    assigned_at: Mapped[dt.datetime | None]
    begun_at: Mapped[dt.datetime | None]
    done_at: Mapped[dt.datetime | None]
    settled_at: Mapped[dt.datetime | None]  # closed, refused or cancelled
    moved_at: Mapped[Created]
    quiet_at: Mapped[dt.datetime]  # from when on it lies still, unless something happens

    service: Mapped[Service] = relationship(lazy="raise_on_sql")
    asker: Mapped[Organization] = relationship(lazy="raise_on_sql")
    assigned: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[assigned_id])


class ServiceNote(Base):
    """A step or a remark: both sides read it, or the centre alone where it is `internal`."""

    __tablename__ = "service_note"
    __table_args__ = (sa.Index(None, "request_id", "id"),)

    id: Mapped[Key]
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("service_request.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    of_centre: Mapped[bool]  # on which side it was written
    internal: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str]
    created_at: Mapped[Created]

    author: Mapped[User | None] = relationship(lazy="raise_on_sql")
