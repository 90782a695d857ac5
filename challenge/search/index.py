"""The index as features write it: what is public of a thing goes in, what no longer is comes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import Base, insert_into
from challenge.search import words
from challenge.search.models import SearchEntry

MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """The public face of one thing. `texts` are searched and quoted; `more` is searched alone."""

    kind: str
    thing_id: int
    address: str
    title_zh: str | None
    title_en: str | None
    texts: Sequence[str | None]
    at: dt.datetime
    changed_at: dt.datetime
    more: Sequence[str | None] = ()
    owner_zh: str | None = None
    owner_en: str | None = None
    group_id: int | None = None
    field: str | None = None
    region: str | None = None
    stage: str | None = None
    trl: int | None = None
    low_minor: int | None = None
    high_minor: int | None = None
    currency: str = "CNY"


def codes_of(entry: Entry) -> str:
    """The filters of an entry as words of their own, so that the index itself narrows by them."""
    said = {"kind": entry.kind, "field": entry.field, "stage": entry.stage, "trl": entry.trl}
    found = [code(name, value) for name, value in said.items() if value]
    if entry.region:
        found.append(code("region", f"{entry.region[:2]}0000"))
    return " ".join(found)


def code(name: str, value: object) -> str:
    """One filter as a word; letters and figures alone, so that no tokenizer cuts it."""
    return f"q{name}{value}".replace("_", "")


def put(session: Session, entries: Sequence[Entry]) -> None:
    """Write these entries, new or known; a known one keeps its place."""
    if not entries:
        return
    rows = [row_of(entry) for entry in entries]
    # Into the table, not the class: one statement, built once and sent row by row.
    insert = insert_into(session, Base.metadata.tables[SearchEntry.__tablename__])
    fresh = {name: insert.excluded[name] for name in rows[0] if name not in ("kind", "thing_id")}
    session.execute(insert.on_conflict_do_update(index_elements=["kind", "thing_id"], set_=fresh), rows)


def row_of(entry: Entry) -> dict[str, object]:
    """An entry as the columns of its row, its words cut."""
    titles = (entry.title_zh, entry.title_en)
    text = "\n".join(part for part in entry.texts if part)[:MOST_TEXT]
    same = ("kind", "thing_id", "address", "title_zh", "title_en", "at", "changed_at", "owner_zh", "owner_en")
    more = ("group_id", "field", "region", "stage", "trl", "low_minor", "high_minor", "currency")
    return {
        **{name: getattr(entry, name) for name in (*same, *more)},
        "text": text,
        "title_words": words.titled(words.indexed(*titles)),
        "body_words": words.indexed(*titles, text, entry.owner_zh, entry.owner_en, *entry.more),
        "codes": codes_of(entry),
    }


def refresh(session: Session, kind: str, asked: Collection[int], found: Sequence[Entry]) -> None:
    """Write what is public of the things that were asked for, and take the others of them out."""
    put(session, found)
    gone = set(asked) - {entry.thing_id for entry in found}
    if gone:
        mine = sa.and_(SearchEntry.kind == kind, SearchEntry.thing_id.in_(gone))
        session.execute(sa.delete(SearchEntry).where(mine))


def stale(session: Session, kind: str, after: int, until: int | None, found: Collection[int]) -> int:
    """Take out what has no thing any more among ids above `after` up to `until`; how many."""
    lost = sa.delete(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.thing_id > after)
    if until is not None:
        lost = lost.where(SearchEntry.thing_id <= until)
    if found:
        lost = lost.where(SearchEntry.thing_id.not_in(found))
    return int(session.execute(lost).rowcount)  # type: ignore[attr-defined]
