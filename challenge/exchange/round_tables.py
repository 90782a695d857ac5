"""What belongs to a round: which tables go along, by which column, and where in them numbers of rows stand.

A table whose rows hang on a round by a chain of foreign keys goes along by itself, so a new one does too.
What stays behind is named here, with why; people, organizations, programmes and addresses are matched where
the round comes to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from challenge.base.db import Base

ROOT = "round"
# Found again by what everybody knows of them, or made anew: table -> its columns that travel, its key first.
MATCHED: Mapping[str, tuple[str, ...]] = {
    "organization": ("name", "registration_code", "ref", "name_en", "kind", "region", "profile"),
    "user_account": ("email", "name", "affiliation", "locale", "zone"),
    "programme": ("slug", "title_zh", "title_en", "summary_zh", "summary_en", "hue", "host_id"),
    "recipient": ("address", "name", "locale", "user_id", "elsewhere", "most", "unsubscribed_at"),
}
FILES = "blob"
JUDGE = "judge"
LEFT = frozenset(
    {
        # What the product works out again by itself, and what lay between two presses of a button.
        *("assignment_run", "assignment_fit", "match_run", "requirement_match", "anew_search", "anew_match"),
        *("likeness_run", "likeness_pair", "likeness_sketch", "need_print"),
        *("need_book", "score_book", "offer_book", "submission_form_draft"),
        *("calibration", "estimate"),  # their seed is the digest of a ranking, which is of the place
        # What opens doors of the installation that it was made in.
        *("round_key", "team_link", "round_archive"),
    }
)
# Columns that no foreign key tells of: (table, column) -> the table that the number is of; 0 stands for none.
NUMBERS: Mapping[tuple[str, str], str] = {("award", "requirement_id"): "requirement"}
# Tables whose rows hang on others by a kind and a number: the two columns, and which kinds are of a round.
# Of rights only those go along that hold for the round and its phases, as its judges have them.
OWNED: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "attachment": ("owner_kind", "owner_id", {"requirement": "requirement", "submission": "submission"}),
    "role_grant": ("scope", "scope_id", {"phase": "judging_phase", "round": "round"}),
}
# Values that the place decides which a round is in; the digest of the content knows nothing of them.
OF_THE_PLACE = frozenset({("ranking", "input_digest")})
DROPPED = frozenset({"envelope"})  # encrypted with a key of the installation

Number = Callable[[str, Any], Any]
"""A table and the number of a row of it -> its number on the other side; None where it has none there."""


@cache
def taken() -> tuple[sa.Table, ...]:
    """The tables that go along, each after those that it refers to."""
    found: dict[str, sa.Table] = {ROOT: Base.metadata.tables[ROOT]}
    for table in Base.metadata.sorted_tables:
        if table.name in LEFT or table.name in MATCHED or table.name in found:
            continue
        if table.name in OWNED or any(key.column.table.name in found for key in table.foreign_keys):
            found[table.name] = table
    last = [found.pop(name) for name in OWNED]
    return (*found.values(), *last)


def names() -> frozenset[str]:
    """Their names."""
    return frozenset(table.name for table in taken())


def root_of(column: sa.Column[Any]) -> str | None:
    """The table whose numbers stand in a column, followed to where they are given; None for plain values."""
    table: sa.FromClause = column.table
    if (told := NUMBERS.get((column.table.name, column.name))) is not None:
        return told
    if not column.foreign_keys:
        return None
    while column.foreign_keys:
        column = next(iter(column.foreign_keys)).column
        table = column.table
    return str(table.description)


def numbered(table: sa.Table) -> bool:
    """Whether the table gives its own rows numbers."""
    keys = list(table.primary_key.columns)
    return len(keys) == 1 and keys[0].name == "id" and not keys[0].foreign_keys


def inside(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns by which its rows hang on the round: each that must name a row, else any that may."""
    mine = names()
    known = [
        column
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in mine and key.column.table is not table
    ]
    return [column for column in known if not column.nullable] or known


def wanted(table: sa.Table, round_id: int) -> sa.ColumnElement[bool]:
    """The rows of the table that are of this round."""
    if table.name == ROOT:
        return table.c.id == round_id
    if table.name in OWNED:
        kind, number, owners = OWNED[table.name]
        judges = (table.c.role == JUDGE,) if "role" in table.c else ()
        return sa.or_(
            *(
                sa.and_(
                    *judges,
                    table.c[kind] == said,
                    table.c[number].in_(sa.select(owner.c.id).where(wanted(owner, round_id))),
                )
                for said, owner in ((said, Base.metadata.tables[name]) for said, name in owners.items())
            )
        )
    columns = inside(table)
    parts = []
    for column in columns:
        above = next(iter(column.foreign_keys)).column
        parent = Base.metadata.tables[str(above.table.description)]
        parts.append(column.in_(sa.select(above).where(wanted(parent, round_id))))
    return sa.and_(*parts) if not columns[0].nullable else sa.or_(*parts)


def _keyed(value: Any, table: str, number: Number) -> Any:
    return {str(number(table, int(key))): each for key, each in value.items()} if value else value


def _listed(value: Any, table: str, number: Number) -> Any:
    return [number(table, each) for each in value] if value else value


def _answers(values: Any, number: Number) -> Any:
    """What a solver typed: indicators by their numbers, the organization that they enter for."""
    if not values:
        return values
    found = dict(values)
    if isinstance(found.get("indicators"), dict):
        found["indicators"] = _keyed(found["indicators"], "indicator", number)
    return found


def _marks(values: Any, number: Number) -> Any:
    """When each field was last saved; those of indicators by their numbers."""
    start = "indicators."
    return {
        start + str(number("indicator", int(key.removeprefix(start)))) if key.startswith(start) else key: each
        for key, each in (values or {}).items()
    }


def _subject(value: Any, number: Number) -> Any:
    """`award:12/team`, `entry:7`: what a certificate is about, with the number in it."""
    kind, colon, rest = value.partition(":")
    figure, slash, tail = rest.partition("/")
    table = {"award": "award", "submission": "submission", "entry": "submission"}.get(kind)
    if table is None or not figure.isdecimal():
        return value
    return f"{kind}{colon}{number(table, int(figure))}{slash}{tail}"


# Numbers of rows inside other values. What was signed or frozen stays as it was, whatever it says.
WITHIN: Mapping[tuple[str, str], Callable[[Any, Number], Any]] = {
    ("submission", "values"): _answers,
    ("submission", "marks"): _marks,
    ("ranking_row", "panel"): lambda value, number: _keyed(value, "criterion", number),
    ("standing", "panel"): lambda value, number: _keyed(value, "criterion", number),
    ("scorecard_revision", "scores"): lambda value, number: _keyed(value, "criterion", number),
    ("ballot", "choices"): lambda value, number: _listed(value, "submission", number),
    ("requirement_version", "question_ids"): lambda value, number: _listed(value, "question", number),
    ("requirement_change", "question_ids"): lambda value, number: _listed(value, "question", number),
    ("award_certificate", "subject"): _subject,
}


def moved(table: sa.Table, row: Mapping[str, Any], number: Number) -> dict[str, Any]:
    """A row with every number of a row in it as it is on the other side."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        column = table.columns[name]
        root = root_of(column)
        if value is None or root == FILES or (value == 0 and (table.name, name) in NUMBERS):
            found[name] = value
        elif root is not None:
            found[name] = number(root, value)
        elif numbered(table) and name == "id":
            found[name] = number(table.name, value)
        elif table.name in OWNED and name == OWNED[table.name][1]:
            kind, _number, owners = OWNED[table.name]
            found[name] = number(owners[row[kind]], value)
        elif within := WITHIN.get((table.name, name)):
            found[name] = within(value, number)
        else:
            found[name] = value
    return found


def columns_of(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns that travel."""
    return [column for column in table.columns if column.name not in DROPPED]
