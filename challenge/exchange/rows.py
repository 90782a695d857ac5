"""Rows as plain values, in batches: every column that was loaded, but secrets and other people's numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import Base, fresh_session
from challenge.submissions.models import Submission

# Nobody's data but the installation's: what opens a door, and what is encrypted.
SECRETS = frozenset({"password", "fs_uniquifier", "token_digest", "envelope"})
BATCH = 500
_PERSON = "user_account"
Value = TypeVar("Value")
_LISTS = ("choices",)  # columns that hold several submissions


def batches(values: Iterable[Value], size: int) -> Iterator[list[Value]]:
    """The values in lists of so many; the last may be shorter, none is empty."""
    left = iter(values)
    while batch := list(islice(left, size)):
        yield batch


def matching(
    model: type[Base],
    wanted: sa.ColumnElement[bool],
    me: int | None,
    left_out: Callable[[Any], Collection[str]] = lambda _row: (),
) -> Iterator[Mapping[str, Any]]:
    """The rows that are wanted by key, in batches: no connection waits for a slow line.

    `left_out` says which columns of a row stay out; submissions stand by their codes.
    """
    columns = model.__mapper__.columns
    keys = [columns[each.key or each.name] for each in model.__mapper__.primary_key]
    query = sa.select(model).where(wanted).order_by(*keys).limit(BATCH)
    after = query
    while True:
        with fresh_session() as session:
            rows = session.scalars(after).all()
            plain = [columns_of(row, without=left_out(row), me=me) for row in rows]
            found = coded(session, model, plain)
            last = tuple(getattr(rows[-1], key.key) for key in keys) if rows else ()
        yield from found
        if len(rows) < BATCH:
            return
        after = query.where(sa.tuple_(*keys) > sa.tuple_(*last))


def columns_of(row: Base, *, without: Collection[str] = (), me: int | None = None) -> dict[str, Any]:
    """What the row says by column. A column that names a person is left out unless it names `me`."""
    state = sa.inspect(row)
    return {
        name: value
        for name, value in ((each.key, getattr(row, each.key)) for each in _loaded(state))
        if name not in SECRETS and name not in without and not _names_another(type(row), name, value, me)
    }


def _loaded(state: Any) -> list[Any]:
    return [each for each in state.mapper.column_attrs if each.key not in state.unloaded]


def _names_another(model: type[Base], name: str, value: object, me: int | None) -> bool:
    column = model.__mapper__.columns[name]
    return any(key.column.table.name == _PERSON for key in column.foreign_keys) and value != me


def coded(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows of a table with every submission by its code, as a person knows it (one statement at most)."""
    columns = model.__mapper__.columns
    single = [name for name, each in columns.items() if _names_a_submission(each)]
    lists = [name for name in _LISTS if name in columns]
    ids = {row[name] for row in rows for name in single if row.get(name) is not None}
    ids |= {each for row in rows for name in lists for each in row.get(name, ())}
    if not ids:
        return list(rows)
    query = sa.select(Submission.id, Submission.code).where(Submission.id.in_(ids))
    codes = dict(session.execute(query).all())
    return [
        {
            **{name: value for name, value in row.items() if name not in single},
            **{name.removesuffix("_id"): codes.get(row[name]) for name in single if name in row},
            **{name: [codes.get(each) for each in row[name]] for name in lists if name in row},
        }
        for row in rows
    ]


def _names_a_submission(column: sa.Column[Any]) -> bool:
    return any(key.column.table.name == Submission.__tablename__ for key in column.foreign_keys)
