"""Public rounds for the search index."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.base import clock
from challenge.rounds.models import Programme, Round
from challenge.search.index import Entry

KIND = "round"


def entries(session: Session, ids: Collection[int]) -> list[Entry]:
    """The entries of those rounds that are public (two statements)."""
    now = clock.now(session)
    query = (
        sa.select(Round, Programme.title_zh, Programme.title_en, Organization)
        .join(Programme, Programme.id == Round.programme_id)
        .join(Organization, Organization.id == Programme.host_id)
        .where(Round.id.in_(ids), Round.public)
        .order_by(Round.id)
    )
    return [
        Entry(
            KIND,
            round_.id,
            round_.slug,
            round_.title_zh,
            round_.title_en,
            (round_.summary_zh, round_.summary_en),
            round_.launched_at or round_.created_at,
            now,
            more=(programme_zh, programme_en),
            owner_zh=host.name,
            owner_en=host.name_en or host.name,
            group_id=round_.id,
            region=host.region,
            stage=round_.stage,
        )
        for round_, programme_zh, programme_en, host in session.execute(query)
    ]


def ids(session: Session, after: int, limit: int) -> list[int]:
    """Ids of rounds above `after`, in their order (one statement)."""
    return list(session.scalars(sa.select(Round.id).where(Round.id > after).order_by(Round.id).limit(limit)))
