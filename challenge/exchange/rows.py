"""A row as plain values: every column that was loaded, but secrets and other people's numbers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from challenge.base.db import Base

# Nobody's data but the installation's: what opens a door, and what is encrypted.
SECRETS = frozenset({"password", "fs_uniquifier", "token_digest", "envelope"})
_PERSON = "user_account"


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
