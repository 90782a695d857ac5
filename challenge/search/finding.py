"""Asking the index: what is in the title comes first, then what is in the text, each newest first.

A page is read by key from the newest on and stops when it is full: it costs the same however much matches.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import is_sqlite
from challenge.search import words
from challenge.search.index import code
from challenge.search.models import SearchEntry
from challenge.search.words import TITLE, Term

Part = Literal["t", "b"]  # found in the title, or in the text alone
LEVELS = range(1, 10)


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: words and filters; '' and None leave it wide. Sums are minor units."""

    text: str = ""
    kind: str = ""
    field: str = ""
    region: str = ""
    stage: str = ""
    trl: int | None = None  # at least
    low_minor: int | None = None
    high_minor: int | None = None

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return self != Asked(text=self.text)


class Found(NamedTuple):
    """One find, as a list shows it."""

    id: int
    kind: str
    thing_id: int
    address: str
    title_zh: str | None
    title_en: str | None
    text: str
    owner_zh: str | None
    owner_en: str | None
    field: str | None
    region: str | None
    stage: str | None
    trl: int | None
    low_minor: int | None
    high_minor: int | None
    currency: str
    at: dt.datetime
    changed_at: dt.datetime
    part: Part = "b"


_ROW = tuple(getattr(SearchEntry, name) for name in Found._fields if name != "part")
_WORDS = sa.table("search_words", sa.column("rowid", sa.BigInteger))
_VECTOR = (
    "(setweight(to_tsvector('simple', title_words), 'A') || setweight(to_tsvector('simple', body_words), 'B')"
    " || setweight(to_tsvector('simple', codes), 'C'))"
)


def find(
    session: Session, asked: Asked, after: tuple[Part, int] | None = None, limit: int = 20, newer: int = 0
) -> list[Found]:
    """The finds of a page, in one statement; `after`: the part and id of the last one before.

    Only entries with an id above `newer`. Nothing asked for finds nothing.
    """
    terms = words.terms(asked.text)
    if not terms and not asked.narrowed:
        return []
    # After a find in a text, the titles were on the pages before.
    parts: list[Part] = ["t", "b"] if terms and (after is None or after[0] == "t") else ["b"]
    sqlite = is_sqlite(session)
    write = fts5 if sqlite else tsquery
    values = {
        **{f"asked_{part}": write(asked, terms, part) for part in parts},
        **({f"last_{after[0]}": after[1]} if after is not None else {}),
        "most": limit,
        "newer": newer or None,
        "low": asked.low_minor,
        "high": asked.high_minor,
    }
    given = {name: value for name, value in values.items() if value is not None}
    rows = session.execute(_statement(sqlite, frozenset(given)), given)
    return [Found._make(row) for row in rows]


@cache
def _statement(
    sqlite: bool, given: frozenset[str]
) -> sa.Select[*tuple[Any, ...]] | sa.CompoundSelect[*tuple[Any, ...]]:
    """Built once for each shape: to build it costs more than to ask it.

    Both databases begin with the texts only where the titles have not filled the page.
    """
    arms = [_arm(sqlite, given, part) for part in ("t", "b") if f"asked_{part}" in given]
    if len(arms) == 1:
        return arms[0]
    return sa.union_all(*(sa.select(arm.subquery()) for arm in arms)).limit(_number("most"))


def _number(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.BigInteger)


def _arm(sqlite: bool, given: frozenset[str], part: str) -> sa.Select[*tuple[Any, ...]]:
    key: sa.ColumnElement[int]
    columns = (*_ROW, sa.literal_column(f"'{part}'", sa.String).label("part"))
    if sqlite:
        match = sa.text(f"search_words MATCH :asked_{part}")
        query = sa.select(*columns).select_from(_WORDS).join(SearchEntry, SearchEntry.id == _WORDS.c.rowid)
        key = _WORDS.c.rowid  # FTS5 walks it from its end by itself
    else:
        match = sa.text(f"{_VECTOR} @@ CAST(:asked_{part} AS tsquery)")
        query, key = sa.select(*columns), SearchEntry.__table__.c.id
    low, high = SearchEntry.low_minor, SearchEntry.high_minor
    wishes = {
        f"last_{part}": key < _number(f"last_{part}"),
        "newer": key > _number("newer"),
        "low": sa.func.coalesce(high, low) >= _number("low"),
        "high": sa.func.coalesce(low, high) <= _number("high"),
    }
    wanted = [wish for name, wish in wishes.items() if name in given]
    return query.where(match, *wanted).order_by(key.desc()).limit(_number("most"))


def _codes(asked: Asked) -> list[list[str]]:
    """Filters as words of the index: of each group one has to be met."""
    said = {"kind": asked.kind, "field": asked.field, "stage": asked.stage, "region": asked.region}
    groups = [[code(name, value)] for name, value in said.items() if value]
    if asked.trl is not None:
        groups.append([code("trl", level) for level in LEVELS if level >= asked.trl])
    if not groups:  # a budget alone: whatever has one
        groups.append([code("kind", kind) for kind in ("requirement", "achievement")])
    return groups


def fts5(asked: Asked, terms: Sequence[Term], part: Part) -> str:
    """The query for FTS5. Words are letters and figures alone, so quotes hold them."""

    def one(term: Term, mark: str) -> str:
        word = f'"{mark}{term.word}"{"*" if term.prefix else ""}'
        pairs = " AND ".join(f'"{mark}{pair}"' for pair in term.pairs)
        return f"({word} OR ({pairs}))" if pairs else word

    titles = f"title_words : ({' AND '.join(one(term, TITLE) for term in terms)})"
    texts = f"body_words : ({' AND '.join(one(term, '') for term in terms)})"
    within: list[str] = []
    if terms:
        within.append(titles if part == "t" else f"({texts} NOT {titles})")
    if asked.narrowed:
        groups = (" OR ".join(f'"{word}"' for word in group) for group in _codes(asked))
        within += [f"codes : ({group})" for group in groups]
    return " AND ".join(within)


def tsquery(asked: Asked, terms: Sequence[Term], part: Part) -> str:
    """The same for PostgreSQL: weight A is the title, B the text, C the codes."""

    def one(term: Term, mark: str, weight: str) -> str:
        word = f"'{mark}{term.word}':{'*' if term.prefix else ''}{weight}"
        pairs = " & ".join(f"'{mark}{pair}':{weight}" for pair in term.pairs)
        return f"({word} | ({pairs}))" if pairs else word

    titles = f"({' & '.join(one(term, TITLE, 'A') for term in terms)})"
    texts = f"({' & '.join(one(term, '', 'B') for term in terms)})"
    within: list[str] = []
    if terms:
        within.append(titles if part == "t" else f"{texts} & !{titles}")
    if asked.narrowed:
        groups = (" | ".join(f"'{word}':C" for word in group) for group in _codes(asked))
        within += [f"({group})" for group in groups]
    return " & ".join(within)
