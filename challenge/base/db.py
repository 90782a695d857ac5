"""The database: typed base class, UTC columns, one transaction per door, and SQLite made to behave.

SQLite runs in autocommit for reads and takes its write lock (`BEGIN IMMEDIATE`) at the first statement
that is not a read, so a slow page never blocks a writer and a read-then-write never loses its turn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import current_app, g, has_request_context
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from challenge.rules.errors import NotAllowed

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[dt.datetime]):
    """An instant. Only aware values go in; UTC values come out."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """PostgreSQL keeps the zone; SQLite keeps UTC text with six digits."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse a naive value: nobody can know which instant it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r} in a UTC column")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Give back an aware UTC value."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Exact(sa.types.TypeDecorator[Decimal]):
    """A decimal kept exactly: NUMERIC on PostgreSQL, a scaled integer on SQLite (which has no decimals)."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, precision: int = 18, scale: int = 4) -> None:
        super().__init__(precision, scale)
        self.places = scale

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """An integer on SQLite, so that order and sums are exact there too."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(18, self.places))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Scale for SQLite; refuse what would lose digits."""
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value!r} has more than {self.places} decimal places")
        return int(scaled) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Give back a Decimal with the column's places."""
        if value is None:
            return None
        return Decimal(value).scaleb(-self.places) if dialect.name == "sqlite" else Decimal(value)


class Base(DeclarativeBase):
    """All tables. JSON columns are plain JSON on both databases."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        dt.datetime: UtcDateTime(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
        list[str]: sa.JSON(),
        str: sa.Text(),
    }


db = SQLAlchemy(session_options={"expire_on_commit": False})


def engine_options(url: str, pool_size: int) -> dict[str, Any]:
    """What `create_engine` needs for this database."""
    if url.startswith("sqlite"):
        return {"url": url, "connect_args": {"isolation_level": None, "timeout": 30}}
    return {"url": url, "pool_size": pool_size, "max_overflow": 5, "pool_pre_ping": True}


def tune(engine: sa.Engine) -> None:
    """Hook the SQLite behaviour onto an engine; nothing to do for PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "before_cursor_execute", _sqlite_begin)


def _sqlite_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "synchronous=FULL",
        "cache_size=-16000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


READS = ("SELECT", "PRAGMA", "EXPLAIN", "BEGIN", "SAVEPOINT", "ROLLBACK", "RELEASE")


def _sqlite_begin(
    connection: sa.Connection, cursor: Any, statement: str, _params: object, context: Any, _many: bool
) -> None:
    """The write lock before the first write of a transaction."""
    raw = connection.connection.dbapi_connection
    if raw is not None and not raw.in_transaction and not _reads(statement, context):
        cursor.execute("BEGIN IMMEDIATE")


def _reads(statement: str, context: Any) -> bool:
    opening = statement.lstrip()[:9].upper()
    if opening.startswith("WITH"):  # may open any statement, so it is asked what was meant
        compiled = getattr(context, "compiled", None)
        return compiled is not None and bool(compiled.statement.is_select)
    return opening.startswith(READS)


def is_sqlite(session: Session) -> bool:
    """Whether this session speaks to SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def insert_into(session: Session, table: type[Base] | sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that says what becomes of a row that is there already (`on_conflict_…`)."""
    return sqlite.insert(table) if is_sqlite(session) else postgresql.insert(table)


def begin_write(session: Session) -> None:
    """Take SQLite's write lock now, before any read that a write depends on; PostgreSQL locks rows."""
    if not is_sqlite(session):
        return
    connection = session.connection()
    raw = connection.connection.dbapi_connection
    if raw is not None and not raw.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def one_view(session: Session) -> None:
    """Let everything that this fresh session reads be of one moment, whatever others write meanwhile."""
    if is_sqlite(session):
        session.connection().exec_driver_sql("BEGIN")
    else:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def let_go(_error: BaseException | None) -> None:
    """At the end of a request: a database that went away after the answer was made must not take it along."""
    sessions: Mapping[str, Session] = g.get("_sqlalchemy_sessions") or {}
    for session in sessions.values():
        try:
            session.close()
        except DBAPIError as error:
            current_app.logger.warning("the database went away after the answer: %s", type(error).__name__)
            session.invalidate()


@contextmanager
def writing() -> Iterator[Session]:
    """One writing transaction: commit at the end, roll back whole on any error. For doors only.

    Where a request was found to be for looking alone (`g.read_only`), it is refused.
    """
    if has_request_context() and g.get("read_only"):
        raise NotAllowed("look_only")
    session = db.session
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def fresh_session() -> Iterator[Session]:
    """A session of its own for a worker's unit of work; commits at the end, rolls back on error."""
    with db.sessionmaker() as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def database_url() -> str:
    """The URL of the running app's database."""
    return str(current_app.config["SETTINGS"].database_url)
