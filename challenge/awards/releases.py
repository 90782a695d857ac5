"""Reads of results on their way out."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.models import Notice
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


def latest_with_notice(session: Session, round_id: int) -> tuple[Notice | None, ResultRelease | None]:
    """The round's notice, and what was prepared last after it, whether it stands or was stopped."""
    last = sa.select(sa.func.max(ResultRelease.id)).where(ResultRelease.round_id == round_id)
    release = ResultRelease.id == last.scalar_subquery()
    query = sa.select(Notice, ResultRelease).outerjoin(ResultRelease, release)
    found = session.execute(query.where(Notice.round_id == round_id)).one_or_none()
    return (found[0], found[1]) if found else (None, None)


def is_due(release: ResultRelease, now: dt.datetime) -> bool:
    """Whether it is approved and its delay is over."""
    return release.state == "approved" and release.due_at is not None and release.due_at <= now


def due(session: Session, limit: int) -> list[int]:
    """Rounds whose approved results go out now, by a partial index."""
    query = sa.select(ResultRelease.round_id).where(
        sa.text("state = 'approved'"), ResultRelease.due_at <= db_now()
    )
    return list(session.scalars(query.order_by(ResultRelease.due_at).limit(limit)))
