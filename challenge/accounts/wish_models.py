"""The table of settings that administrators changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base


class Wish(Base):
    """A setting that differs from its default."""

    __tablename__ = "wish"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON())
    changed_at: Mapped[dt.datetime]
