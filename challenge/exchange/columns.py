"""How a column's values are spelled in an archive: the same text whichever database they come from."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from challenge.audit.chain import instant_text
from challenge.audit.hidden import HiddenJSON
from challenge.base.db import Exact, UtcDateTime

# Asked from top to bottom: Boolean is no Integer to SQLAlchemy, but String is the parent of Text.
_PLAIN: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
    (UtcDateTime, "instant"),
    (HiddenJSON, "json"),
    (sa.Date, "day"),
    (sa.JSON, "json"),
    (sa.Boolean, "boolean"),
    (sa.Integer, "integer"),
    (sa.String, "text"),
)
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "instant": UtcDateTime(),
    "day": sa.Date(),
    "json": sa.JSON(),
    "boolean": sa.Boolean(),
    "integer": sa.BigInteger(),
    "text": sa.Text(),
}


def kind_of(column: sa.Column[Any]) -> str:
    """The kind of a column, as the manifest names it: `instant`, `exact:4`, `json`, `text` ...

    Raises `TypeError` for a type that nobody has given a spelling yet.
    """
    if isinstance(column.type, Exact):
        return f"exact:{column.type.places}"
    for known, kind in _PLAIN:
        if isinstance(column.type, known):
            return kind
    raise TypeError(f"{column} is {column.type!r}, which has no spelling in an archive")


def stored(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """The column as it is read for an archive: what is hidden in it stays hidden."""
    if isinstance(column.type, HiddenJSON):
        return sa.type_coerce(column, sa.JSON()).label(column.name)
    return column


def type_of(kind: str) -> sa.types.TypeEngine[Any]:
    """The column type that takes values of this kind on either database; `ValueError` for an unknown kind."""
    if kind.startswith("exact:"):
        return Exact(scale=int(kind.removeprefix("exact:")))
    if kind not in _TYPES:
        raise ValueError(f"{kind!r} is no kind of column")
    return _TYPES[kind]


def spelled(value: Any) -> Any:
    """A value as JSON takes it: instants and decimals as text, everything else as it is."""
    if isinstance(value, dt.datetime):
        return instant_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


def read(kind: str, value: Any) -> Any:
    """The value that `spelled` wrote, for a column of this kind."""
    if value is None:
        return None
    if kind == "instant":
        return dt.datetime.fromisoformat(value)
    if kind == "day":
        return dt.date.fromisoformat(value)
    if kind.startswith("exact:"):
        return Decimal(value)
    return value
