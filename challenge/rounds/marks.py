"""When a public page has changed: one statement tells the state of the site or of one round, and the time.

Every visible change is audited in its own transaction, so the end of the trail is the version of the site,
and the head of a round's chain the version of that round. Nothing is counted and no counter is fought for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry, AuditHead
from challenge.base.clock import db_now
from challenge.rounds.listing import WindowRow
from challenge.rounds.models import Round, RoundWindow
from challenge.rules.errors import NotFound

# A transaction that commits late has a lower number than the newest entry. The sum of the last entries'
# numbers grows whenever one joins them, at the end or in between.
TAIL = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """A version, and the database's time at which it was read."""

    version: str
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class RoundMark(Mark):
    """A round's version with what moves without any change, so that `tracks.track` can draw its stages."""

    round_id: int
    stage: str
    zone: str
    launched_at: dt.datetime | None
    cancelled_at: dt.datetime | None
    cancel_reason: str | None
    windows: tuple[WindowRow, ...]

    @property
    def next_moment(self) -> dt.datetime | None:
        """When a window of the round opens or closes next."""
        known = [at for row in self.windows for at in (row.opens_at, row.closes_at) if at]
        grace = [(row.closes_at, dt.timedelta(seconds=row.grace_seconds)) for row in self.windows]
        ends = [closes_at + more for closes_at, more in grace if closes_at]
        return min((at for at in (*known, *ends) if at > self.now), default=None)


_tail = sa.select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(TAIL).subquery()
_SITE = sa.select(sa.select(sa.func.sum(_tail.c.id)).scalar_subquery(), db_now())


def of_site(session: Session) -> Mark:
    """The version of everything public: for lists."""
    # Past the ORM: this is asked for every page that is kept.
    total, now = session.connection().execute(_SITE).one()
    return Mark(str(total or 0), now)


_COLUMNS = (
    *(Round.id, Round.version, AuditHead.seq, db_now()),
    *(Round.stage, Round.zone, Round.launched_at, Round.cancelled_at, Round.cancel_reason),
    *(RoundWindow.stage, RoundWindow.opens_at, RoundWindow.closes_at),
    *(RoundWindow.first_closes_at, RoundWindow.closed_at, RoundWindow.grace_seconds),
)
WIDTH = len(_COLUMNS)


def with_mark(query: sa.Select[Any]) -> sa.Select[Any]:
    """A query over one `Round` with the columns of its mark at the end: one row for each window."""
    return (
        query.add_columns(*_COLUMNS)
        .outerjoin(RoundWindow, RoundWindow.round_id == Round.id)
        .outerjoin(AuditHead, AuditHead.chain == sa.literal("round:") + sa.cast(Round.id, sa.Text))
        .order_by(RoundWindow.position)
    )


def from_rows(rows: Sequence[Sequence[Any]]) -> RoundMark:
    """The mark from the last `WIDTH` columns of those rows."""
    round_id, version, seq, now, stage, zone, launched_at, cancelled_at, reason = rows[0][:9]
    windows = tuple(WindowRow(*row[9:]) for row in rows if row[9])
    known = f"{version}.{seq or 0}"
    return RoundMark(known, now, round_id, stage, zone, launched_at, cancelled_at, reason, windows)


def of_round(session: Session, query: sa.Select[Any], values: Mapping[str, Any]) -> RoundMark:
    """The mark of the one round of a query that `of` has built: one statement. Raises NotFound."""
    rows = session.connection().execute(query, values).all()
    if not rows:
        raise NotFound
    return from_rows([tuple(row)[1:] for row in rows])


def of(round_id: sa.ScalarSelect[int]) -> sa.Select[Any]:
    """The query for `of_round` over the round that a subquery finds; built once by whoever asks it often."""
    return with_mark(sa.select(sa.literal(1)).select_from(Round)).where(Round.id == round_id)
