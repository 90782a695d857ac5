"""Tables know the tables below them and none above: foreign keys and relationships point down."""

from __future__ import annotations

import importlib
import tomllib

from sqlalchemy.orm import Mapper

from challenge.base.db import Base
from tests.house import tree

# The one exception: any row may say who wrote it, by number alone.
PERSON = "user_account"


def _floors() -> dict[str, int]:
    contract = tomllib.loads(tree.text("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]
    return {
        room.strip(" ()"): height
        for height, floor in enumerate(reversed(contract["layers"]))
        for room in floor.split("|")
    }


def _mappers() -> list[Mapper[object]]:
    for name in tree.under("challenge/", ending="models.py"):
        importlib.import_module(name.removesuffix(".py").replace("/", "."))
    return sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)


def _floor_of(module: str) -> int:
    return _floors()[module.split(".")[1]]


def test_there_are_tables() -> None:
    assert _mappers()


def test_foreign_keys_point_down() -> None:
    owners = {mapper.local_table.fullname: mapper.class_.__module__ for mapper in _mappers()}
    rising = [
        f"{name}.{key.parent.name} -> {key.column.table.fullname}"
        for mapper in _mappers()
        for key in mapper.local_table.foreign_keys
        if key.column.table.fullname != PERSON
        and (name := mapper.local_table.fullname)
        and _floor_of(owners[key.column.table.fullname]) > _floor_of(owners[name])
    ]
    assert rising == []


def test_relationships_point_down_and_never_load_by_surprise() -> None:
    faults = [
        f"{mapper.class_.__name__}.{link.key} ({link.lazy})"
        for mapper in _mappers()
        for link in mapper.relationships
        if _floor_of(link.mapper.class_.__module__) > _floor_of(mapper.class_.__module__)
        or link.lazy != "raise_on_sql"
    ]
    assert faults == []


def test_every_instant_is_kept_in_utc() -> None:
    naive = [
        f"{mapper.class_.__name__}.{column.name}"
        for mapper in _mappers()
        for column in mapper.local_table.columns
        if column.name.endswith("_at") and type(column.type).__name__ != "UtcDateTime"
    ]
    assert naive == []
