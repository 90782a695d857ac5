"""What the public pages of one round read: its head, texts, prizes, announcements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.rounds import marks
from challenge.rounds.listing import RoundRow, _rows
from challenge.rounds.marks import RoundMark
from challenge.rounds.models import Announcement, Override, Prize, Programme, Round, RoundPage, Theme
from challenge.rounds.prize_models import PrizePool
from challenge.rounds.resource_models import Resource
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Subject


@dataclass(frozen=True, slots=True)
class RoundHead:
    """A round as its own pages show it: the row of the lists, and what else its head and tabs say."""

    row: RoundRow
    mark: RoundMark
    source: str | None
    host_id: int
    notice_days: int
    announcements: int
    themes: int
    resources: int
    teammates: bool  # whether its board is on
    votes: bool  # whether a phase of its judging has a public vote
    extra: tuple[Any, ...] = ()

    @property
    def imported(self) -> bool:
        """Whether it came from elsewhere, judged there or never to be judged here."""
        return self.source is not None

    @property
    def subject(self) -> Subject:
        """The facts that reading it asks for."""
        row = self.row
        return Subject(kind="round", public=row.public, programme_id=row.programme_id, host_id=self.host_id)


def head(session: Session, slug: str, *extra: sa.ColumnElement[Any]) -> RoundHead:
    """The round at this address with its windows, its mark and any `extra` columns: one statement.

    Raises NotFound. The row comes once for each window; there are four.
    """
    found = session.connection().execute(_head(extra), {"slug": slug}).all()
    if not found:
        raise NotFound
    values = tuple(found[0])
    width, most = len(values) - marks.WIDTH, OWN + len(extra)
    mark = marks.from_rows([tuple(row)[width:] for row in found])
    row = replace(RoundRow(*values[: width - most]), windows=mark.windows)
    more = values[width - most : width]
    source, host_id, days, announced, themes, resources, *boards = more[:OWN]
    counts = (announced, themes, resources)
    return RoundHead(row, mark, source, host_id, days, *counts, boards[0], boards[1], more[OWN:])


OWN = 8  # columns of a head between its row and what is extra


@cache
def _head(extra: tuple[sa.ColumnElement[Any], ...]) -> sa.Select[Any]:
    """Built once: to build it costs more than to ask it."""
    counts = [
        sa.select(sa.func.count()).where(model.round_id == Round.id).scalar_subquery()
        for model in (Announcement, Theme)
    ]
    there = (Resource.round_id == Round.id, Resource.removed_at.is_(None))
    counts.append(sa.select(sa.func.count()).where(*there).scalar_subquery())
    own = (Round.source, Programme.host_id, Round.notice_days, *counts, Round.teammates, Round.public_vote)
    slug = sa.bindparam("slug", type_=sa.Text)
    return marks.with_mark(_rows().add_columns(*own, *extra)).where(Round.slug == slug)


@dataclass(frozen=True, slots=True)
class Text:
    """A long text of a round, sanitised when it was written; `lang` is zh or en."""

    kind: str
    lang: str
    html: str


def texts(session: Session, round_id: int, kinds: Sequence[str], lang: str) -> list[Text]:
    """The texts of these kinds in their order, each in `lang` where there is one, else in the other."""
    query = sa.select(RoundPage.kind, RoundPage.lang, RoundPage.html).where(
        RoundPage.round_id == round_id, RoundPage.kind.in_(kinds), RoundPage.html != ""
    )
    found: dict[str, Text] = {}
    for kind, each, html in session.execute(query):
        if kind not in found or each == lang:
            found[kind] = Text(kind, each, html)
    return [found[kind] for kind in kinds if kind in found]


@dataclass(frozen=True, slots=True)
class PrizeRow:
    """What can be won."""

    name_zh: str | None
    name_en: str | None
    scope: str
    slots: int
    amount_minor: int | None
    currency: str
    text: str | None
    theme_zh: str | None
    theme_en: str | None
    pool_zh: str | None
    pool_en: str | None
    pool_minor: int | None
    pool_scope: str | None


def prizes(session: Session, round_id: int) -> list[PrizeRow]:
    """The prizes of a round in their order."""
    query = (
        sa.select(
            *(Prize.name_zh, Prize.name_en, Prize.scope, Prize.slots),
            *(Prize.amount_minor, Prize.currency, Prize.text, Theme.name_zh, Theme.name_en),
            *(PrizePool.name_zh, PrizePool.name_en, PrizePool.total_minor, PrizePool.scope),
        )
        .outerjoin(PrizePool, PrizePool.id == Prize.pool_id)
        .outerjoin(Theme, Theme.id == Prize.theme_id)
        .where(Prize.round_id == round_id)
        .order_by(Prize.position, Prize.id)
    )
    rows: Sequence[Any] = session.execute(query).all()
    return [PrizeRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    """A dated word from the organizer."""

    id: int
    title_zh: str | None
    title_en: str | None
    body_zh: str | None
    body_en: str | None
    created_at: dt.datetime


def announcements(
    session: Session, round_id: int, after: int | None = None, limit: int = 50
) -> list[AnnouncementRow]:
    """The round's announcements, newest first."""
    query = (
        sa.select(
            *(Announcement.id, Announcement.title_zh, Announcement.title_en),
            *(Announcement.body_zh, Announcement.body_en, Announcement.created_at),
        )
        .where(Announcement.round_id == round_id)
        .order_by(Announcement.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Announcement.id < after)
    return [AnnouncementRow(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A window that was extended or closed early, or the cancel of the round: with its reason."""

    kind: str
    stage: str | None
    before_at: dt.datetime | None
    after_at: dt.datetime | None
    reason: str
    created_at: dt.datetime


def changes(session: Session, round_id: int, limit: int = 50) -> list[ChangeRow]:
    """What was changed about a round that ran, newest first."""
    query = (
        sa.select(
            *(Override.kind, Override.stage, Override.before_at, Override.after_at),
            *(Override.reason, Override.created_at),
        )
        .where(Override.round_id == round_id)
        .order_by(Override.id.desc())
        .limit(limit)
    )
    return [ChangeRow(*row) for row in session.execute(query)]
