"""Tables of ties."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rules.conflicts import TIES


class Tie(Base):
    """One tie: of a person to another or to an organization, or of two organizations.

    Whoever has no account, and an organization that is not registered, stands by name.
    """

    __tablename__ = "tie"
    __table_args__ = (
        one_of("kind", *TIES),
        sa.CheckConstraint("person_id IS NOT NULL OR organization_id IS NOT NULL", name="one_end"),
        sa.CheckConstraint("since <= until", name="time"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    other_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    other_name: Mapped[str] = mapped_column(default="")
    other_email: Mapped[str] = mapped_column(default="", index=True)  # lower case
    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="SET NULL"), index=True
    )
    organization_name: Mapped[str] = mapped_column(default="")
    other_organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="SET NULL"), index=True
    )
    since: Mapped[dt.date | None]
    until: Mapped[dt.date | None]  # none: it lasts
    source: Mapped[str] = mapped_column(default="person")  # who says so: the person, or the product
    created_at: Mapped[Created]
