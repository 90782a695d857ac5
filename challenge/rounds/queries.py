"""Reads of rounds: what is due, what pages and lists show, and the facts that permissions ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.base import clock
from challenge.rounds.listing import (
    ClosingRow,
    RoundFilter,
    RoundRow,
    WindowRow,
    closing_next,
    organized,
    public_rounds,
)
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rounds.tracks import Track, TrackStage, next_moment, stage_of, track, windows_of
from challenge.rules import stages
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Subject
from challenge.rules.stages import Stage, Window

__all__ = [
    "ClosingRow",
    "RoundFilter",
    "RoundRow",
    "Track",
    "TrackStage",
    "WindowRow",
    "by_id",
    "by_slug",
    "closing_next",
    "due",
    "next_moment",
    "organized",
    "public_rounds",
    "stage_of",
    "subject_of",
    "track",
    "windows_of",
]


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
        "round_id": round_.id,
        "host_id": round_.programme.host_id,
        "sealed": round_.sealed and round_.unsealed_at is None,
    }
    return Subject(**{**values, **facts})  # type: ignore[arg-type]


def _open(round_: Round, windows: Mapping[Stage, Window], now: dt.datetime) -> frozenset[Stage]:
    if round_.cancelled_at is not None or round_.launched_at is None:
        return frozenset()
    return stages.open_stages(windows, now)


def by_slug(session: Session, slug: str) -> Round:
    """One round with its windows, programme and host (one statement); raises NotFound."""
    return _one(session, Round.slug == slug)


def by_id(session: Session, round_id: int) -> Round:
    """The same by its number."""
    return _one(session, Round.id == round_id)


def by_slug_now(session: Session, slug: str) -> tuple[Round, dt.datetime]:
    """The round and the database's time, for a page that would ask for both (one statement)."""
    return _with_now(session, Round.slug == slug)


def _one(session: Session, which: sa.ColumnElement[bool]) -> Round:
    return _with_now(session, which)[0]


def _with_now(session: Session, which: sa.ColumnElement[bool]) -> tuple[Round, dt.datetime]:
    query = (
        sa.select(Round, clock.db_now())
        .where(which)
        .options(joinedload(Round.programme).joinedload(Programme.host), joinedload(Round.windows))
    )
    # One row for each window, and the clock may move between them: the first row's will do.
    found = session.execute(query).unique().first()
    if found is None:
        raise NotFound
    round_, now = found
    return round_, now


def due(session: Session, limit: int) -> list[int]:
    """Ids of launched rounds with a window to open or to close now, earliest first; by partial indexes."""
    now = clock.now(session)
    opening = sa.select(RoundWindow.round_id, RoundWindow.opens_at.label("at")).where(
        sa.text("live AND opened_at IS NULL"), RoundWindow.opens_at <= now
    )
    closing = sa.select(RoundWindow.round_id, RoundWindow.ends_at.label("at")).where(
        sa.text("live AND closed_at IS NULL"), RoundWindow.ends_at <= now
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
