"""The only reader of the database's clock. Deadlines are decided by it, after the lock (see rounds.gate)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FunctionElement

from challenge.base.db import UtcDateTime, is_sqlite

# Six digits, as SQLAlchemy stores instants: with three, the closing instant itself would still count as open.
SQLITE_NOW = "(strftime('%Y-%m-%d %H:%M:%f','now') || '000')"
_SQLITE = sa.text(f"SELECT {SQLITE_NOW}")
_POSTGRESQL = sa.text("SELECT clock_timestamp()")


class db_now(FunctionElement[dt.datetime]):  # noqa: N801 - it reads as an SQL function
    """The database's time as an expression: for defaults and conditional updates."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(db_now)
def _postgresql(_element: db_now, _compiler: Any, **_kw: Any) -> str:
    return "clock_timestamp()"


@compiles(db_now, "sqlite")
def _sqlite(_element: db_now, _compiler: Any, **_kw: Any) -> str:
    return SQLITE_NOW


def now(session: Session) -> dt.datetime:
    """The database's time as this statement runs (never the transaction's start), aware, UTC."""
    if is_sqlite(session):
        text = str(session.execute(_SQLITE).scalar_one())
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    value: dt.datetime = session.execute(_POSTGRESQL).scalar_one()
    return value.astimezone(dt.UTC)
