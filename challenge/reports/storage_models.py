"""The table of counts of what the store holds: one row for each time that it was counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key


class StorageCount(Base):
    """How much there was at a time: in all, by kind and by round, and what nothing names any more."""

    __tablename__ = "storage_count"

    id: Mapped[Key]
    at: Mapped[dt.datetime]
    files: Mapped[int] = mapped_column(sa.BigInteger)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    orphans: Mapped[int] = mapped_column(sa.BigInteger)
    orphan_size: Mapped[int] = mapped_column(sa.BigInteger)
    kinds: Mapped[list[Any]]  # [{kind, files, size}]
    rounds: Mapped[list[Any]]  # [{round_id, files, size}], the largest first
