"""What becomes of a person's rows is told for every column that names one."""

from __future__ import annotations

import importlib

from challenge.base.db import Base
from challenge.privacy import fates, scrubbing
from tests.house import tree


def _loaded() -> None:
    for name in tree.under("challenge/", ending="models.py"):
        importlib.import_module(name.removesuffix(".py").replace("/", "."))


def test_every_column_with_an_address_has_its_fate() -> None:
    _loaded()
    assert fates.unplaced() == [], "say in privacy/fates.py what becomes of it when its person is erased"


def test_the_table_names_columns_that_exist_alone() -> None:
    _loaded()
    tables = Base.metadata.tables
    places = {*fates.SPECIAL, *fates.NO_PERSON}
    assert [place for place in places if place[1] not in tables[place[0]].columns] == []
    blanked = [(table, column) for (table, _), fate in fates.all_fates() for column in fate.blank]
    assert [place for place in blanked if place[1] not in tables[place[0]].columns] == []
    named = scrubbing.NAMED | scrubbing.CONTRACTS | scrubbing.CHAINED
    assert named - set(tables) == set()


def test_a_key_to_an_account_says_what_becomes_of_its_row() -> None:
    """Without a rule on the key nobody could tell: CASCADE is a row of theirs, SET NULL an office."""
    _loaded()
    unsaid = [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == fates.PERSON
        and key.ondelete not in ("CASCADE", "SET NULL")
        and (table.name, column.name) not in fates.SPECIAL
    ]
    assert unsaid == []
