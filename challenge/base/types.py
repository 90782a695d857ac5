"""Column spellings that every feature shares: a numbered key, a public reference, a creation time."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from challenge.base.clock import db_now
from challenge.base.ids import new_ref

Key = Annotated[
    int,
    mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
]
Ref = Annotated[str, mapped_column(sa.String(12), unique=True, default=new_ref)]
Created = Annotated[dt.datetime, mapped_column(default=db_now())]


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """A CHECK that the column holds one of these codes."""
    listed = ",".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} in ({listed})", name=column)
