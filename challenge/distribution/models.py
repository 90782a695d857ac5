"""Tables of distribution: who can be reached, what was sent to them, what came back, who looks after it.

A sending is what somebody pressed the button for. A posting is one message of it to one recipient through one
channel; a dispatch is one requirement on its way to one recipient through one channel, over all sendings.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.requirements.models import Requirement
from challenge.rules.lifecycles import CARE, DISPATCH

MOST_A_MONTH = 4  # letters to one address in thirty days, unless its owner says otherwise
ORIGINS = ("chosen", "share", "forward")
PERSON = "user_account.id"


class ContactList(Base):
    """Plain addresses of a programme under one name; `consent` says why they may be written to."""

    __tablename__ = "contact_list"

    id: Mapped[Key]
    ref: Mapped[Ref]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    consent: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]


class Recipient(Base):
    """An address that can be written to, once on the platform: its owner's wishes, and whether it works."""

    __tablename__ = "recipient"
    __table_args__ = (sa.CheckConstraint("most between 0 and 31", name="most"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    address: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    locale: Mapped[str | None]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    elsewhere: Mapped[dict[str, Any]] = mapped_column(default=dict)  # other channels: {"sms": "+86..."}
    most: Mapped[int] = mapped_column(default=MOST_A_MONTH)  # letters in thirty days
    unsubscribed_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]  # a mail server refused the address for good
    failure: Mapped[str | None]
    created_at: Mapped[Created]


class Contact(Base):
    """An address in a list."""

    __tablename__ = "contact"
    __table_args__ = (sa.UniqueConstraint("list_id", "recipient_id"),)

    id: Mapped[Key]
    list_id: Mapped[int] = mapped_column(sa.ForeignKey("contact_list.id", ondelete="CASCADE"))
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipient.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Created]


class Sending(Base):
    """One decision to send: these requirements, these channels, these words."""

    __tablename__ = "sending"

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    origin: Mapped[str] = mapped_column(default="chosen")
    again: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]

    __table_args__ = (one_of("origin", *ORIGINS),)


class Posting(Base):
    """One message to one recipient. `sent_at` once it left, `held` where it was not to leave (any more)."""

    __tablename__ = "posting"
    __table_args__ = (
        sa.UniqueConstraint("sending_id", "recipient_id", "channel"),
        sa.Index(None, "recipient_id", "created_at"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    sending_id: Mapped[int] = mapped_column(sa.ForeignKey("sending.id", ondelete="CASCADE"))
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipient.id", ondelete="CASCADE"))
    channel: Mapped[str]
    expires_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    held: Mapped[str | None]
    created_at: Mapped[Created]

    recipient: Mapped[Recipient] = relationship(lazy="raise_on_sql")
    sending: Mapped[Sending] = relationship(lazy="raise_on_sql")


class Dispatch(Base):
    """One requirement sent to one recipient through one channel, and what came back."""

    __tablename__ = "dispatch"
    __table_args__ = (
        one_of("state", *sorted(DISPATCH.states)),
        one_of("origin", *ORIGINS),
        sa.CheckConstraint("(state = 'declined') <= (reason IS NOT NULL)", name="reason"),
        sa.UniqueConstraint("requirement_id", "recipient_id", "channel"),
        sa.Index("ix_dispatch_expiry", "state", "expires_at"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id", ondelete="CASCADE"))
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipient.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("dispatch.id", ondelete="SET NULL"))
    origin: Mapped[str] = mapped_column(default="chosen")
    state: Mapped[str] = mapped_column(default="queued")
    reason: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")  # what whoever is interested adds
    attempts: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[dt.datetime]
    created_at: Mapped[Created]
    sent_at: Mapped[dt.datetime | None]
    opened_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    moved_at: Mapped[Created]

    requirement: Mapped[Requirement] = relationship(lazy="raise_on_sql")
    recipient: Mapped[Recipient] = relationship(lazy="raise_on_sql")


class DispatchAttempt(Base):
    """One try of a dispatch: numbered, and in which message it went."""

    __tablename__ = "dispatch_attempt"
    __table_args__ = (sa.UniqueConstraint("dispatch_id", "number"),)

    id: Mapped[Key]
    dispatch_id: Mapped[int] = mapped_column(sa.ForeignKey("dispatch.id", ondelete="CASCADE"))
    number: Mapped[int]
    posting_id: Mapped[int] = mapped_column(sa.ForeignKey("posting.id", ondelete="CASCADE"), index=True)


class ShareLink(Base):
    """A requirement's address to hand out on paper and in chats, with its QR code as SVG."""

    __tablename__ = "share_link"

    id: Mapped[Key]
    ref: Mapped[Ref]
    requirement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("requirement.id", ondelete="CASCADE"), unique=True
    )
    qr: Mapped[str | None]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]


_CLAIMED = sa.text("state = 'claimed'")
_OFFERED = sa.text("state = 'offered'")


class Care(Base):
    """A requirement in a broker's hands: offered, claimed, refused with a reason, passed on."""

    __tablename__ = "care"
    __table_args__ = (
        one_of("state", *sorted(CARE.states)),
        sa.CheckConstraint("(state in ('refused','passed_on')) <= (reason IS NOT NULL)", name="reason"),
        sa.Index(
            "uq_care_claimed", "requirement_id", unique=True, sqlite_where=_CLAIMED, postgresql_where=_CLAIMED
        ),
        sa.Index(
            "uq_care_offered",
            *("requirement_id", "broker_id"),
            unique=True,
            sqlite_where=_OFFERED,
            postgresql_where=_OFFERED,
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id", ondelete="CASCADE"))
    broker_id: Mapped[int] = mapped_column(sa.ForeignKey(PERSON, ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default="offered")
    reason: Mapped[str | None]
    offered_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]
    moved_at: Mapped[Created]

    requirement: Mapped[Requirement] = relationship(lazy="raise_on_sql")
