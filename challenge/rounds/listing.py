"""Lists of rounds as frozen rows: a page is two statements, by keyset, whatever the number of rounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.base.db import UtcDateTime
from challenge.rounds.models import PAST, RUNNING, Programme, Round, RoundWindow
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage

OVER = (Stage.CLOSED.value, Stage.CANCELLED.value)
Key = tuple[dt.datetime, int]


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window in a list."""

    stage: str
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    first_closes_at: dt.datetime | None
    closed_at: dt.datetime | None
    grace_seconds: int = 0


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round in a list; `tracks.track(row, now)` draws its stages."""

    id: int
    slug: str
    title_zh: str | None
    title_en: str | None
    summary_zh: str | None
    summary_en: str | None
    zone: str
    rolling: bool
    stage: str
    public: bool
    sort_at: dt.datetime
    launched_at: dt.datetime | None
    cancelled_at: dt.datetime | None
    cancel_reason: str | None
    requirement_count: int
    submission_count: int
    budget_minor: int
    prize_minor: int | None
    currency: str
    version: int
    programme_id: int
    programme_slug: str
    programme_title_zh: str | None
    programme_title_en: str | None
    hue: int
    host_name: str
    host_name_en: str | None
    windows: tuple[WindowRow, ...] = ()

    @property
    def key(self) -> Key:
        """Where the next page of its list begins: give it as `after`."""
        return self.sort_at, self.id


@dataclass(frozen=True, slots=True)
class RoundFilter:
    """Which public rounds: running (next moment first), past (latest first) or all (latest moment first)."""

    which: Literal["running", "past", "all"] = "running"
    stage: str | None = None
    programme_id: int | None = None


def _rows() -> sa.Select[*tuple[Any, ...]]:
    rows: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *(Round.id, Round.slug, Round.title_zh, Round.title_en, Round.summary_zh, Round.summary_en),
            *(Round.zone, Round.rolling, Round.stage, Round.public, Round.sort_at),
            *(Round.launched_at, Round.cancelled_at, Round.cancel_reason),
            *(Round.requirement_count, Round.submission_count, Round.budget_minor, Round.prize_minor),
            *(Round.currency, Round.version, Round.programme_id),
            *(Programme.slug, Programme.title_zh, Programme.title_en, Programme.hue),
            *(Organization.name, Organization.name_en),
        )
        .join(Programme, Programme.id == Round.programme_id)
        .join(Organization, Organization.id == Programme.host_id)
    )
    return rows


def public_rounds(
    session: Session, which: RoundFilter | None = None, after: Key | None = None, limit: int = 50
) -> list[RoundRow]:
    """A page of public rounds with windows: two statements by index. `after` is the last row's `key`."""
    which = which or RoundFilter()
    # The text is that of the partial indexes: neither database would use them for bound parameters.
    scope = sa.text({"running": RUNNING, "past": PAST, "all": "public"}[which.which])
    query = _page(_rows().where(scope), after, limit, forward=which.which == "running")
    if which.stage:
        query = query.where(Round.stage == which.stage)
    if which.programme_id is not None:
        query = query.where(Round.programme_id == which.programme_id)
    return _with_windows(session, query)


def organized(
    session: Session, actor: Actor, *, over: bool, after: Key | None = None, limit: int = 50
) -> list[RoundRow]:
    """The rounds this person organizes: those still going (next moment first), or over (latest first)."""
    query = _rows().where(Round.stage.in_(OVER) if over else Round.stage.not_in(OVER))
    if not actor.admin:
        query = query.where(organizes(actor))
    return _with_windows(session, _page(query, after, limit, forward=not over))


def organizes(actor: Actor) -> sa.ColumnElement[bool]:
    """Programmes of which the person is an organizer, by the programme or by its host."""
    held = {
        scope: [g.scope_id for g in actor.grants if g.role == "organizer" and g.scope == scope]
        for scope in _SCOPES
    }
    return sa.or_(Programme.id.in_(held["programme"]), Programme.host_id.in_(held["organization"]))


_SCOPES = ("programme", "organization")


def _page(
    query: sa.Select[*tuple[Any, ...]], after: Key | None, limit: int, *, forward: bool
) -> sa.Select[*tuple[Any, ...]]:
    place = sa.tuple_(Round.sort_at, Round.id)
    if after is not None:
        mark = sa.tuple_(sa.literal(after[0], UtcDateTime()), sa.literal(after[1]))
        query = query.where(place > mark if forward else place < mark)
    order = (Round.sort_at, Round.id) if forward else (Round.sort_at.desc(), Round.id.desc())
    return query.order_by(*order).limit(limit)


def _with_windows(session: Session, query: sa.Select[*tuple[Any, ...]]) -> list[RoundRow]:
    rounds = [RoundRow(*row) for row in session.execute(query)]
    if not rounds:
        return []
    windows = windows_by_round(session, [each.id for each in rounds])
    return [replace(each, windows=tuple(windows.get(each.id, ()))) for each in rounds]


def windows_by_round(session: Session, round_ids: Sequence[int]) -> dict[int, list[WindowRow]]:
    """The windows of several rounds, in the order of the stages: one statement."""
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *(RoundWindow.round_id, RoundWindow.stage, RoundWindow.opens_at, RoundWindow.closes_at),
            *(RoundWindow.first_closes_at, RoundWindow.closed_at, RoundWindow.grace_seconds),
        )
        .where(RoundWindow.round_id.in_(round_ids))
        .order_by(RoundWindow.round_id, RoundWindow.position)
    )
    found: dict[int, list[WindowRow]] = {}
    for round_id, *window in session.execute(query):
        found.setdefault(round_id, []).append(WindowRow(*window))
    return found


@dataclass(frozen=True, slots=True)
class ClosingRow:
    """An open call or an open submission that closes soon."""

    round_id: int
    slug: str
    title_zh: str | None
    title_en: str | None
    zone: str
    requirement_count: int
    stage: str
    closes_at: dt.datetime
    programme_title_zh: str | None
    programme_title_en: str | None
    hue: int


def closing_next(session: Session, now: dt.datetime, limit: int = 5) -> list[ClosingRow]:
    """What a visitor can still take part in, the nearest close first: one statement, by index."""
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *(Round.id, Round.slug, Round.title_zh, Round.title_en, Round.zone, Round.requirement_count),
            *(RoundWindow.stage, RoundWindow.closes_at),
            *(Programme.title_zh, Programme.title_en, Programme.hue),
        )
        .join(Round, Round.id == RoundWindow.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .where(
            sa.text("live AND closed_at IS NULL"),
            RoundWindow.closes_at > now,
            RoundWindow.opens_at <= now,
            RoundWindow.stage.in_((Stage.REQUIREMENTS.value, Stage.SUBMISSION.value)),
            Round.public.is_(True),
            Round.cancelled_at.is_(None),
            Round.launched_at.is_not(None),
        )
        .order_by(RoundWindow.closes_at, RoundWindow.id)
        .limit(limit)
    )
    return [ClosingRow(*row) for row in session.execute(query)]
