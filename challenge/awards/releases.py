"""Reads of results on their way out."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.release_models import ResultRelease
from challenge.base.clock import db_now


def unstopped(session: Session, round_id: int) -> ResultRelease | None:
    """The round's release that stands: prepared, approved or published. There is at most one."""
    found = sa.select(ResultRelease).where(
        ResultRelease.round_id == round_id, ResultRelease.state != "stopped"
    )
    return session.scalar(found.execution_options(populate_existing=True))


def round_of(session: Session, ref: str) -> int | None:
    """The round whose results these are."""
    return session.scalar(sa.select(ResultRelease.round_id).where(ResultRelease.ref == ref))


def latest(session: Session, round_id: int) -> ResultRelease | None:
    """What was prepared last, whether it stands or was stopped."""
    found = sa.select(ResultRelease).where(ResultRelease.round_id == round_id)
    return session.scalar(found.order_by(ResultRelease.id.desc()).limit(1))


def is_due(release: ResultRelease, now: dt.datetime) -> bool:
    """Whether it is approved and its delay is over."""
    return release.state == "approved" and release.due_at is not None and release.due_at <= now


def due(session: Session, limit: int) -> list[int]:
    """Rounds whose approved results go out now, by a partial index."""
    query = sa.select(ResultRelease.round_id).where(
        sa.text("state = 'approved'"), ResultRelease.due_at <= db_now()
    )
    return list(session.scalars(query.order_by(ResultRelease.due_at).limit(limit)))
