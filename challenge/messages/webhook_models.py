"""Tables of webhooks: where events of a programme or an organization are sent, and each delivery."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import Organization
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rounds.models import Programme


class Webhook(Base):
    """An address that is told of chosen events. Its secret is in no row: see `webhooks.secrets`."""

    __tablename__ = "webhook"
    __table_args__ = (
        one_of("state", "on", "paused", "off"),
        sa.CheckConstraint("(programme_id IS NULL) <> (organization_id IS NULL)", name="owner"),
        sa.CheckConstraint("(old_salt IS NULL) = (old_until_at IS NULL)", name="old_salt"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    programme_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), index=True
    )
    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    url: Mapped[str]
    events: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default="on")  # paused by somebody; off after lasting failure
    salt: Mapped[str]  # what tells one secret of it from the next
    old_salt: Mapped[str | None]
    old_until_at: Mapped[dt.datetime | None]
    failing_since_at: Mapped[dt.datetime | None]  # the first failure since an answer of 2xx
    off_at: Mapped[dt.datetime | None]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    programme: Mapped[Programme | None] = relationship(lazy="raise_on_sql")
    organization: Mapped[Organization | None] = relationship(lazy="raise_on_sql")


class WebhookDelivery(Base):
    """One event for one webhook: the body as it is signed, and every try with what came back."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        sa.UniqueConstraint("webhook_id", "cause"),
        sa.Index("ix_webhook_delivery_newest", "webhook_id", "id"),
        one_of("state", "queued", "delivered", "failed"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    webhook_id: Mapped[int] = mapped_column(sa.ForeignKey("webhook.id", ondelete="CASCADE"))
    cause: Mapped[str]  # the event's own key: expanded twice, it is sent once
    event: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    tries: Mapped[list[Any]] = mapped_column(default=list)  # [{at, status, fault, excerpt, ms}], oldest first
    created_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]

    webhook: Mapped[Webhook] = relationship(lazy="raise_on_sql")

    @property
    def last(self) -> dict[str, Any] | None:
        """The newest try."""
        return self.tries[-1] if self.tries else None
