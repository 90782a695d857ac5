"""The table of who read what of a submission."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key, one_of

ROLES = ("organizer", "seeker", "judge", "admin")
THINGS = ("version", "file", "receipt")


class Access(Base):
    """Somebody outside the team read a version or a file of it. Rows are added, never changed.

    Who it was is told by number: the name is wherever it is now, or nowhere. One row an hour for each reader
    and thing; `hour` holds the hour that it counts for.
    """

    __tablename__ = "access_log"
    __table_args__ = (
        sa.UniqueConstraint(
            *("submission_id", "reader_id", "role", "version", "what", "place", "hour"),
            name="uq_access_log_once",
        ),
        one_of("role", *ROLES),
        one_of("what", *THINGS),
        sa.Index(None, "reader_id"),
    )

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"))
    reader_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    role: Mapped[str]
    phase_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("judging_phase.id", ondelete="SET NULL"), index=True
    )  # of a judge
    version: Mapped[int]  # its number
    what: Mapped[str]
    place: Mapped[int] = mapped_column(default=0)  # of the file in the version's manifest, from 1
    at: Mapped[dt.datetime]
    hour: Mapped[dt.datetime]
