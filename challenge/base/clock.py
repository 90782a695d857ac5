"""The only reader of the database's clock. Deadlines are decided by it, after the lock (see rounds.gate)."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import is_sqlite

# Six digits, as SQLAlchemy stores instants: with three, the closing instant itself would still count as open.
SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f','now') || '000'"
_SQLITE = sa.text(f"SELECT {SQLITE_NOW}")
_POSTGRESQL = sa.text("SELECT clock_timestamp()")


def now(session: Session) -> dt.datetime:
    """The database's time as this statement runs (never the transaction's start), aware, UTC."""
    if is_sqlite(session):
        text = str(session.execute(_SQLITE).scalar_one())
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    value: dt.datetime = session.execute(_POSTGRESQL).scalar_one()
    return value.astimezone(dt.UTC)


def sql_now(session: Session) -> sa.ColumnElement[dt.datetime]:
    """The database's time as an expression, for conditional updates."""
    return sa.literal_column(SQLITE_NOW if is_sqlite(session) else "clock_timestamp()")
