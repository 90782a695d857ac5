"""Carrying out the table of fates in one person's rows, and looking for what is left of them in texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.agreements.models import Agreement
from challenge.audit.models import AuditEntry, AuditHead
from challenge.base.db import Base
from challenge.files.models import Attachment
from challenge.privacy.fates import OWN_ADDRESS, PERSON, Fate, all_fates
from challenge.requirements.face_models import NdaAcceptance
from challenge.search.models import SearchEntry
from challenge.supply.models import Achievement

GONE = "—"
# Once signed by all, what stays of a person there is listed as a hold; until then it is a text as any other.
CONTRACTS = frozenset(
    {
        *("agreement", "agreement_version", "agreement_record", "agreement_signature", "agreement_payment"),
        *("handover", "closing_report", "milestone", "signing_file"),
    }
)
CHAINED = frozenset({AuditEntry.__tablename__, AuditHead.__tablename__})  # holds numbers and digests alone
# Where a name is looked for as well: what the product wrote to and about people, and lists of who was there.
NAMED = frozenset({"letter", "task", "docking", "submission_version", "tie", "screening_case"})


def pseudonym_of(person: User) -> str:
    """The address that stands where theirs stood: it leads nowhere, and says of nobody who it was."""
    return f"gone-{person.ref.lower()}@erased.invalid"


def carry_out(session: Session, user_id: int, address: str, mark: str) -> None:
    """Do to each row of the person what the table says; the account itself comes later, and last."""
    _found_by_others(session, user_id)
    for (name, column), fate in all_fates():
        if name != PERSON:
            table = Base.metadata.tables[name]
            _one(session, table, _whose(table.c[column], user_id, address), fate, mark)


def empty_account(session: Session, person: User) -> None:
    """An account of nobody: everything that may be empty is, whatever columns there are."""
    table = Base.metadata.tables[PERSON]
    values: dict[str, Any] = {each.name: None for each in table.columns if each.nullable}
    blank = {"email": pseudonym_of(person), "name": "", "affiliation": "", "active": False, "admin": False}
    session.execute(sa.update(table).where(table.c.id == person.id).values(**values, **blank))


def _found_by_others(session: Session, user_id: int) -> None:
    """Out of the index, at once: their profile, and what they offer themselves; with its files."""
    offered = sa.select(Achievement.id).where(Achievement.person_id == user_id)
    for kind, ids in (("expert", sa.select(sa.literal(user_id))), ("achievement", offered)):
        session.execute(
            sa.delete(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.thing_id.in_(ids)),
            execution_options={"synchronize_session": False},
        )
    files = sa.delete(Attachment).where(
        Attachment.owner_kind == "achievement", Attachment.owner_id.in_(offered)
    )
    session.execute(files, execution_options={"synchronize_session": False})


def _whose(column: sa.Column[Any], user_id: int, address: str) -> sa.ColumnElement[bool]:
    return column == user_id if column.foreign_keys else sa.func.lower(column) == address.lower()


def _one(session: Session, table: sa.Table, mine: sa.ColumnElement[bool], fate: Fate, mark: str) -> None:
    if fate.goes:
        session.execute(sa.delete(table).where(mine))
    elif fate.blank:
        values = {name: mark if value == OWN_ADDRESS else value for name, value in fate.blank.items()}
        session.execute(sa.update(table).where(mine).values(**values))


# ---------------------------------------------------------------- what is left in texts


def tables() -> list[sa.Table]:
    """Where texts are looked through, one after the other."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name not in CHAINED | {PERSON, NdaAcceptance.__tablename__} and _texts(table)
    ]


def sweep(session: Session, table: sa.Table, address: str, name: str, mark: str) -> int:
    """Take the address out of every text of a table, and the name where the product wrote it.

    Returns how many rows changed.
    """
    wanted = [(address, mark)]
    if table.name in NAMED | CONTRACTS and len(name.strip()) > 1:
        wanted.append((name.strip(), GONE))
    keys = list(table.primary_key.columns)
    columns = _texts(table)
    # As JSON spells it, too: letters beyond ASCII are escaped there.
    spelt = {each for words, _ in wanted for each in (words.lower(), json.dumps(words)[1:-1].lower())}
    holds = sa.or_(
        *(
            sa.func.lower(sa.cast(column, sa.Text)).contains(each, autoescape=True)
            for column in columns
            for each in spelt
        )
    )
    replace = _replacer(wanted)
    rows = session.execute(sa.select(*keys, *columns).where(holds, _binds_nobody(table))).all()
    changed = 0
    for row in rows:
        values = {
            column.name: new
            for column, old in zip(columns, row[len(keys) :], strict=True)
            if (new := _changed(old, replace)) != old
        }
        if values:
            this = sa.and_(*(key == value for key, value in zip(keys, row, strict=False)))
            session.execute(sa.update(table).where(this).values(**values))
            changed += 1
    return changed


def _binds_nobody(table: sa.Table) -> sa.ColumnElement[bool]:
    if table.name not in CONTRACTS:
        return sa.true()
    which = table.c.id if table.name == Agreement.__tablename__ else table.c.agreement_id
    return which.in_(sa.select(Agreement.id).where(Agreement.signed_at.is_(None)))


def _texts(table: sa.Table) -> Sequence[sa.Column[Any]]:
    return [
        column
        for column in table.columns
        if isinstance(column.type, sa.String | sa.JSON) and not column.primary_key and not column.foreign_keys
    ]


def _replacer(wanted: Sequence[tuple[str, str]]) -> Callable[[str], str]:
    patterns = [(re.compile(_whole(words), re.IGNORECASE), put) for words, put in wanted]

    def replace(text: str) -> str:
        for pattern, put in patterns:
            text = pattern.sub(put, text)
        return text

    return replace


def _whole(words: str) -> str:
    """Not as a part of somebody else's address or name: li@x.org stands in wuli@x.org, Ann in Anna.

    Chinese is written without spaces, so a Chinese name has no such ends.
    """
    if not words.isascii():
        return re.escape(words)
    return rf"(?<![A-Za-z0-9._%+-]){re.escape(words)}(?![A-Za-z0-9-]|[.@][A-Za-z0-9])"


def _changed(value: Any, replace: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return replace(value)
    if isinstance(value, list):
        return [_changed(each, replace) for each in value]
    if isinstance(value, dict):
        return {replace(str(key)): _changed(each, replace) for key, each in value.items()}
    return value


def left(session: Session, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(table, column) in which one of the words stands still: what an administrator, and a test, can ask."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, sa.String | sa.JSON | sa.types.TypeDecorator):
                continue
            text = sa.func.lower(sa.cast(column, sa.Text))
            spelt = {each for word in words for each in (word.lower(), json.dumps(word)[1:-1].lower())}
            holds = sa.or_(*(text.contains(each, autoescape=True) for each in spelt))
            if session.scalar(sa.select(sa.literal(1)).select_from(table).where(holds).limit(1)):
                yield table.name, column.name
