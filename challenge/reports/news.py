"""What is new for everyone: rounds, published requirements, announcements, results; of a whole or a part.

Only what its own public page shows is read: requirements from the index, which knows their public part alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.models import Notice
from challenge.rounds.models import Announcement, Programme, Round
from challenge.rules.errors import NotFound
from challenge.search.models import SearchEntry

MOST = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose news: everybody's, a programme's or a round's, with the title of each language."""

    programme_id: int | None = None
    round_id: int | None = None
    slug: str = ""
    title_zh: str | None = None
    title_en: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news; `address` is that of the requirement, else of the round."""

    kind: str  # round, requirement, announcement, results
    id: int
    at: dt.datetime
    address: str
    title_zh: str | None
    title_en: str | None
    text_zh: str | None
    text_en: str | None
    round_zh: str | None
    round_en: str | None


def of_programme(session: Session, slug: str) -> Scope:
    """The scope of a programme that has a public round; raises NotFound."""
    shown = sa.exists().where(Round.programme_id == Programme.id, Round.public)
    query = sa.select(Programme.id, Programme.slug, Programme.title_zh, Programme.title_en)
    row = session.execute(query.where(Programme.slug == slug, shown)).one_or_none()
    if row is None:
        raise NotFound
    return Scope(programme_id=row[0], slug=row[1], title_zh=row[2], title_en=row[3])


def of_round(session: Session, slug: str) -> Scope:
    """The scope of a public round; raises NotFound."""
    query = sa.select(Round.id, Round.slug, Round.title_zh, Round.title_en)
    row = session.execute(query.where(Round.slug == slug, Round.public)).one_or_none()
    if row is None:
        raise NotFound
    return Scope(round_id=row[0], slug=row[1], title_zh=row[2], title_en=row[3])


def newest(session: Session, scope: Scope, limit: int = MOST) -> list[Item]:
    """The news of a scope, newest first: four statements."""
    rows = [
        *_rounds(session, scope, limit),
        *_requirements(session, scope, limit),
        *_announcements(session, scope, limit),
        *_results(session, scope, limit),
    ]
    return sorted(rows, key=lambda row: (row.at, row.id), reverse=True)[:limit]


def _here(scope: Scope) -> list[sa.ColumnElement[bool]]:
    here: list[sa.ColumnElement[bool]] = [Round.public.is_(True)]
    if scope.programme_id is not None:
        here.append(Round.programme_id == scope.programme_id)
    if scope.round_id is not None:
        here.append(Round.id == scope.round_id)
    return here


_TITLES = (Round.title_zh, Round.title_en)


def _rounds(session: Session, scope: Scope, limit: int) -> list[Item]:
    kind: sa.ColumnElement[Any] = sa.literal("round")
    columns = (kind, Round.id, Round.launched_at, Round.slug, *_TITLES, Round.summary_zh, Round.summary_en)
    query = sa.select(*columns, *_TITLES).where(*_here(scope), Round.launched_at.is_not(None))
    return _items(session, query.order_by(Round.launched_at.desc()).limit(limit))


def _requirements(session: Session, scope: Scope, limit: int) -> list[Item]:
    entry = SearchEntry
    columns = (
        entry.thing_id,
        entry.at,
        entry.address,
        entry.title_zh,
        entry.title_en,
        entry.text,
        entry.text,
    )
    query = sa.select(sa.literal("requirement"), *columns, *_TITLES).join(Round, Round.id == entry.group_id)
    query = query.where(entry.kind == "requirement", *_here(scope))
    return _items(session, query.order_by(entry.at.desc(), entry.id.desc()).limit(limit))


def _announcements(session: Session, scope: Scope, limit: int) -> list[Item]:
    post = Announcement
    columns = (post.id, post.created_at, Round.slug, post.title_zh, post.title_en, post.body_zh, post.body_en)
    query = sa.select(sa.literal("announcement"), *columns, *_TITLES).join(Round, Round.id == post.round_id)
    return _items(session, query.where(*_here(scope)).order_by(post.id.desc()).limit(limit))


def _results(session: Session, scope: Scope, limit: int) -> list[Item]:
    none = sa.literal(None, sa.Text)
    columns = (Round.id, Notice.published_at, Round.slug, *_TITLES, none, none.label("second"))
    query = sa.select(sa.literal("results"), *columns, *_TITLES).join(Round, Round.id == Notice.round_id)
    query = query.where(Notice.published_at.is_not(None), *_here(scope))
    return _items(session, query.order_by(Notice.published_at.desc()).limit(limit))


def _items(session: Session, query: sa.Select[*tuple[Any, ...]]) -> list[Item]:
    return [Item(*row) for row in session.execute(query)]
