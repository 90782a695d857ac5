"""Reads of rounds: what is due, what a page shows, and the facts that permissions ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from challenge.base import clock
from challenge.rounds.gate import windows_of
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rules import stages
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Subject
from challenge.rules.stages import Stage, Window


def subject_of(round_: Round, now: dt.datetime, **facts: object) -> Subject:
    """The facts of a round (its programme and windows loaded) that the permission table asks for."""
    windows = windows_of(round_)
    stage = stage_of(round_, windows, now)
    values: dict[str, object] = {
        "kind": "round",
        "state": stage.value,
        "stage": stage,
        "open": _open(round_, windows, now),
        "public": round_.public,
        "programme_id": round_.programme_id,
        "host_id": round_.programme.host_id,
    }
    return Subject(**{**values, **facts})  # type: ignore[arg-type]


def _open(round_: Round, windows: Mapping[Stage, Window], now: dt.datetime) -> frozenset[Stage]:
    if round_.cancelled_at is not None or round_.launched_at is None:
        return frozenset()
    return stages.open_stages(windows, now)


def stage_of(round_: Round, windows: Mapping[Stage, Window], now: dt.datetime) -> Stage:
    """Where the round stands at `now`: its windows decide; without any known window, what was recorded."""
    if not any(window.opens_at for window in windows.values()):
        return Stage(round_.stage)
    return stages.current(
        windows, now, launched=round_.launched_at is not None, cancelled=round_.cancelled_at is not None
    )


def by_slug(session: Session, slug: str) -> Round:
    """One round with its windows, programme and host (two statements); raises NotFound."""
    query = (
        sa.select(Round)
        .where(Round.slug == slug)
        .options(joinedload(Round.programme).joinedload(Programme.host), selectinload(Round.windows))
    )
    return _found(session.scalar(query))


def by_id(session: Session, round_id: int) -> Round:
    """The same by its number."""
    query = (
        sa.select(Round)
        .where(Round.id == round_id)
        .options(joinedload(Round.programme).joinedload(Programme.host), selectinload(Round.windows))
    )
    return _found(session.scalar(query))


def _found(round_: Round | None) -> Round:
    if round_ is None:
        raise NotFound
    return round_


def due(session: Session, limit: int) -> list[int]:
    """Ids of launched rounds with a window to open or to close now, earliest first; by partial indexes."""
    now = clock.now(session)
    opening = sa.select(RoundWindow.round_id, RoundWindow.opens_at.label("at")).where(
        RoundWindow.opened_at.is_(None), RoundWindow.opens_at <= now
    )
    closing = sa.select(RoundWindow.round_id, RoundWindow.closes_at.label("at")).where(
        RoundWindow.closed_at.is_(None), RoundWindow.closes_at <= now
    )
    found = sa.union_all(opening, closing).subquery()
    query = (
        sa.select(found.c.round_id)
        .join(Round, Round.id == found.c.round_id)
        .where(Round.launched_at.is_not(None), Round.cancelled_at.is_(None))
        .group_by(found.c.round_id)
        .order_by(sa.func.min(found.c.at), found.c.round_id)
        .limit(limit)
    )
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class TrackStage:
    """One stage on the track: its window, how it stands, how far it is, and by how much it was extended."""

    stage: str
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    state: str
    percent: int
    extended_days: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """The stage track of a round as pages and mail show it."""

    zone: str
    stages: tuple[TrackStage, ...]
    position: int
    stage: str
    cancelled_reason: str | None

    @property
    def now(self) -> TrackStage | None:
        """The stage that is open now (the latest of them in a rolling round)."""
        return next((each for each in reversed(self.stages) if each.state == "now"), None)

    @property
    def upcoming(self) -> TrackStage | None:
        """The next stage to open."""
        return next((each for each in self.stages if each.state == "next" and each.opens_at), None)


def track(round_: Round, now: dt.datetime) -> Track:
    """The track at `now`; needs the round's windows loaded."""
    rows = [_track_stage(row, now, round_.launched_at is not None) for row in round_.windows]
    known = {row.stage: row for row in rows}
    full = tuple(
        known.get(stage.value) or TrackStage(stage.value, None, None, "none", 0, 0) for stage in stages.WINDOWED
    )
    stage = stage_of(round_, windows_of(round_), now)
    order = [each.value for each in stages.WINDOWED]
    position = order.index(stage.value) + 1 if stage.value in order else (4 if stage is Stage.CLOSED else 1)
    return Track(round_.zone, full, position, stage.value, round_.cancel_reason)


def _track_stage(row: RoundWindow, now: dt.datetime, launched: bool) -> TrackStage:
    if row.opens_at is None or row.closes_at is None:
        return TrackStage(row.stage, row.opens_at, row.closes_at, "none", 0, 0)
    extended = row.closes_at - (row.first_closes_at or row.closes_at)
    if not launched or now < row.opens_at:
        state, percent = "next", 0
    elif now >= row.closes_at:
        state, percent = "done", 100
    else:
        state, percent = "now", int(100 * ((now - row.opens_at) / (row.closes_at - row.opens_at)))
    days = -(-max(int(extended.total_seconds()), 0) // 86400)
    return TrackStage(row.stage, row.opens_at, row.closes_at, state, percent, days)


def next_moment(round_: Round, windows: Sequence[Window], now: dt.datetime) -> dt.datetime:
    """When the next thing happens to a round (a close before an opening), else when the last one did."""
    moments = [at for window in windows for at in (window.closes_at, window.opens_at) if at is not None]
    coming = [at for at in moments if at > now]
    return min(coming) if coming else max(moments, default=round_.sort_at)
