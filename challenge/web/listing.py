"""Lists that people take along: every row that the reader's filters find, as CSV, XLSX or JSON.

A list says its columns once, and the query that fills its page fills the file too. `?as=csv` at its own
address, with its own filters and its own right, answers with the file: read by keyset in batches and made
while it is sent, so that any length costs little memory. In a view:

    if (file := listing.taken("stories", COLUMNS, batch)) is not None:
        return file
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import csvs, i18n, sheets
from challenge.base.db import fresh_session, writing
from challenge.base.session import actor
from challenge.rounds.models import Round
from challenge.rules.money import Sum, minor_digits
from challenge.web import limits, list_words, proofs
from challenge.web.papers import made_while_sent

Row = TypeVar("Row")
FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
BATCH = 500
Batch = Callable[[Session, Any, int], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its key in JSON, its head in the reader's language, and what stands in it for a row.

    Moments come out in ISO 8601 with their zone, sums as a number in the main unit beside their currency.
    """

    key: str
    head: LazyString | str
    cell: Callable[[Row], object]
    money: bool = False


@dataclass(frozen=True, slots=True)
class List(Generic[Row]):
    """A list that can be taken along: `batch` gives the rows after one, `after` says where the next begin."""

    name: str
    columns: Sequence[Column[Row]]
    batch: Callable[[Session, Any, int], Sequence[Row]]
    after: Callable[[Row], Any] | None  # None: a list that is read by place, after so many rows
    zone: str | None = None
    personal: bool = False  # who takes it along is on record
    public: bool = False  # anyone may read it on its page: nobody is asked who they are


def columns(
    keys: str, *, money: Collection[str] = (), **cells: Callable[[Any], object] | str
) -> tuple[Column[Any], ...]:
    """Columns by their keys, in this order: a row's own attribute, in the reader's language where it has two.

    `cells` says those that are called otherwise (`at="line.at"`) or are reckoned, `money` those that are
    sums. Heads: `list_words.HEADS`.
    """
    made = ((key, cells.get(key, key)) for key in keys.split())
    return tuple(
        Column(
            key,
            list_words.HEADS[key],
            partial(_own, cell.split(".")) if isinstance(cell, str) else cell,
            money=key in money,
        )
        for key, cell in made
    )


def _own(path: Sequence[str], row: object) -> object:
    for name in path:
        row = getattr(row, name) if hasattr(row, name) else i18n.t(row, name) or None
    return row


def by_id(row: Any) -> Any:
    """The key of most lists."""
    return row.id


def taken(
    name: str,
    shown: Sequence[Column[Any]],
    batch: Batch,
    *,
    after: Callable[[Any], Any] | None = by_id,
    zone: str | None = None,
    round_: Round | None = None,
    personal: bool = False,
    public: bool = False,
) -> ResponseReturnValue | None:
    """The list as the file that the address asks for; None where the page is wanted.

    What a round lists has its times in the round's zone, and who took it along stands in the round's chain.
    """
    form = asked()
    if form is None or request.method == "POST":
        return None
    zone = round_.zone if round_ is not None else zone
    chain_name = chain.PLATFORM if round_ is None else chain.round_chain(round_.id)
    return file(form, List(name, shown, batch, after, zone, personal, public), chain_name)


def money_of(minor: int | None, currency: str) -> Sum | None:
    """A sum for a column of money."""
    return None if minor is None else Sum(minor, currency)


def asked() -> str | None:
    """The form that the address asks for; None where the page itself is wanted."""
    form = request.args.get("as", "")
    return form if form in FORMS else None


def file(form: str, wanted: List[Row], chain_name: str = chain.PLATFORM) -> ResponseReturnValue:
    """The whole list as a file. Whoever asks has shown their right at the page's own door.

    A list of persons leaves the house for who has just proved who they are, and that goes on record.
    """
    if wanted.personal:
        limits.take()
        if not wanted.public and (question := proofs.missing()) is not None:
            return question
        _note(form, wanted.name, chain_name)
    reader = i18n.reader()
    zone = wanted.zone or reader.zone or "UTC"
    heads = [str(each.head) for each in wanted.columns]
    name = f"{wanted.name}.{form}"
    rows = _rows(wanted, reader)
    if form == "json":
        return made_while_sent(_json(wanted.columns, rows, zone), FORMS[form], name)
    head = list(_heads(wanted.columns, heads))
    lines = (list(_line(wanted.columns, row, zone)) for row in rows)
    made = _csv(head, lines) if form == "csv" else sheets.stream(wanted.name, head, lines)
    return made_while_sent(made, FORMS[form], name)


def _note(form: str, name: str, chain_name: str) -> None:
    with writing() as session:
        filters = sorted(key for key in request.args if key not in ("as", "after"))
        endpoint = str(request.endpoint)
        chain.record(
            session,
            actor(),
            "list.taken",
            f"list:{name}",
            chain=chain_name,
            form=form,
            endpoint=endpoint,
            filters=filters,
        )


def _rows(wanted: List[Row], reader: i18n.Reader) -> Iterator[Row]:
    """All rows, a batch a session: no connection waits for a slow line."""
    after: Any = None
    while True:
        g.reader = reader
        with fresh_session() as session:
            rows = wanted.batch(session, after, BATCH)
        for row in rows:
            g.reader = reader  # each piece that is sent has a context of its own
            yield row
        if len(rows) < BATCH:
            return
        after = wanted.after(rows[-1]) if wanted.after is not None else (after or 0) + len(rows)


def _heads(columns: Sequence[Column[Row]], heads: Sequence[str]) -> Iterator[str]:
    for column, head in zip(columns, heads, strict=True):
        yield head
        if column.money:
            yield f"{head} (ISO 4217)"


def _line(columns: Sequence[Column[Row]], row: Row, zone: str) -> Iterator[object]:
    for column in columns:
        value = column.cell(row)
        if not column.money:
            yield _plain(value, zone)
        elif isinstance(value, Sum):
            yield from (_main(value), value.currency)
        else:
            yield from (None, None)


def _main(value: Sum) -> Decimal:
    return Decimal(value.minor).scaleb(-minor_digits(value.currency))


def _plain(value: object, zone: str) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or (isinstance(value, int | Decimal) and not isinstance(value, bool)):
        return value
    if isinstance(value, list | tuple | frozenset):
        return ", ".join(map(str, value))
    return str(value)


def _csv(head: Sequence[str], lines: Iterable[Sequence[object]]) -> Generator[bytes]:
    yield ("\ufeff" + csvs.written([head])).encode()
    batch: list[Sequence[object]] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield csvs.written(batch).encode("utf-8", "replace")
            batch = []
    yield csvs.written(batch).encode("utf-8", "replace")


def _json(columns: Sequence[Column[Row]], rows: Iterable[Row], zone: str) -> Generator[bytes]:
    between = "[\n"
    for row in rows:
        said: Mapping[str, object] = {each.key: _valued(each.cell(row), zone) for each in columns}
        yield (between + json.dumps(said, ensure_ascii=False)).encode("utf-8", "replace")
        between = ",\n"
    yield b"[]\n" if between == "[\n" else b"\n]\n"


def _valued(value: object, zone: str) -> object:
    if isinstance(value, Sum):
        return {"amount": str(_main(value)), "currency": value.currency}
    plain = _plain(value, zone)
    return str(plain) if isinstance(plain, Decimal) else plain
