"""Tables of ties, and of the files in which organizers bring them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rules.conflicts import TIES


class TieFile(Base):
    """A file of past agreements and co-authorships: who brought it, what came of it.

    It counts in the rounds of its programme, without one everywhere. Its bytes are wanted until it is read.
    """

    __tablename__ = "tie_file"
    __table_args__ = (one_of("state", "coming", "done", "refused", "withdrawn"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    programme_id: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)  # of a room above this one
    name: Mapped[str]
    digest: Mapped[str]  # SHA-256 of its bytes
    sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)  # while it waits
    size: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[str] = mapped_column(default="coming")
    faults: Mapped[list[Any]] = mapped_column(default=list)  # cell, code, parameters
    added: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)  # rows that another file had stated already
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    done_at: Mapped[dt.datetime | None]


class Tie(Base):
    """One tie: of a person to another or to an organization, or of two organizations.

    Whoever has no account, and an organization that is not registered, stands by address or name.
    """

    __tablename__ = "tie"
    __table_args__ = (
        one_of("kind", *TIES),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR organization_id IS NOT NULL OR person_email <> ''", name="one_end"
        ),
        sa.CheckConstraint("since <= until", name="time"),
        one_of("source", "person", "product", "file"),
        sa.CheckConstraint("(source = 'file') = (file_id IS NOT NULL)", name="file"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    person_email: Mapped[str] = mapped_column(default="", index=True)  # lower case, in a file alone
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
    note: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="person")  # who says so: the person, the product, a file
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tie_file.id", ondelete="CASCADE"), index=True)
    file_row: Mapped[int | None]
    created_at: Mapped[Created]
