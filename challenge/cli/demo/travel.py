"""A clock that can be set back, for the loader of the demo only: its own connections, its own process.

The world's past is lived through, not written: a receipt, an audit entry and a deadline of three weeks ago
agree because the services asked a database whose clock stood three weeks ago. The product's code knows
nothing of it; the connections end with the loader (docs/adr says why).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

_INSTALL = (
    "CREATE SCHEMA IF NOT EXISTS demo_clock",
    "CREATE TABLE IF NOT EXISTS demo_clock.shift (by_seconds double precision NOT NULL)",
    "DELETE FROM demo_clock.shift",
    "INSERT INTO demo_clock.shift VALUES (0)",
    """CREATE OR REPLACE FUNCTION demo_clock.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql AS
    'SELECT pg_catalog.clock_timestamp()
        + make_interval(secs => (SELECT by_seconds FROM demo_clock.shift))'""",
)
_MOVE = sa.text("UPDATE demo_clock.shift SET by_seconds = :seconds")
_REMOVE = "DROP SCHEMA IF EXISTS demo_clock CASCADE"


class Travel:
    """Where the loader's clock stands, as a distance from the real one."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.shift = dt.timedelta(0)

    def to(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Set the clock this far from now (negative: back)."""
        self.shift = dt.timedelta(days=days, hours=hours, minutes=minutes)
        if self.engine.dialect.name == "postgresql":
            with self.engine.begin() as connection:
                connection.execute(_MOVE, {"seconds": self.shift.total_seconds()})


@contextmanager
def travelling(engine: sa.Engine) -> Iterator[Travel]:
    """Within this block the engine's connections read the travelled clock; after it, the real one again."""
    travel = Travel(engine)
    sqlite = engine.dialect.name == "sqlite"

    def connect(connection: Any, _record: Any) -> None:
        if sqlite:
            connection.create_function("strftime", 2, lambda form, moment: _strftime(travel, form, moment))
        else:
            connection.execute("SET search_path = demo_clock, pg_catalog, public")
            connection.commit()

    if not sqlite:
        with engine.begin() as connection:
            for statement in _INSTALL:
                connection.exec_driver_sql(statement)
    event.listen(engine, "connect", connect)
    engine.dispose()
    try:
        yield travel
    finally:
        event.remove(engine, "connect", connect)
        engine.dispose()
        if not sqlite:
            with engine.begin() as connection:
                connection.exec_driver_sql(_REMOVE)


def _strftime(travel: Travel, form: str, moment: str) -> str:
    """SQLite's strftime for the one question that the product asks of it."""
    if moment != "now":
        raise ValueError(f"the demo's clock answers 'now' only, not {moment!r}")
    now = dt.datetime.now(dt.UTC) + travel.shift
    seconds = f"{now:%S}.{now.microsecond // 1000:03d}"
    return now.strftime(form.replace("%f", seconds))
