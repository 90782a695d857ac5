"""What came of a centre's services, by who provides them and by kind."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.rules.services import DONE, OPEN, average, median_days
from challenge.services.models import Service, ServiceRequest


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One kind of services of one organization."""

    provider_zh: str
    provider_en: str
    kind: str
    asked: int
    running: int
    done: int
    days: Decimal | None  # from asked to done, the median
    rating: Decimal | None
    rated: int


def of_organizations(session: Session, ids: Sequence[int]) -> list[FigureRow]:
    """By provider and kind, of all that was ever asked of these organizations (two statements)."""
    theirs = sa.or_(Service.centre_id.in_(ids), Service.provider_id.in_(ids))
    spans: dict[tuple[int, str], list[dt.timedelta]] = defaultdict(list)
    times = (
        sa.select(Service.provider_id, Service.kind, ServiceRequest.asked_at, ServiceRequest.done_at)
        .join(ServiceRequest, ServiceRequest.service_id == Service.id)
        .where(theirs, ServiceRequest.done_at.is_not(None))
    )
    for provider, kind, asked_at, done_at in session.execute(times):
        if done_at is not None:
            spans[provider, kind].append(done_at - asked_at)
    found = session.execute(_sums(theirs)).all()
    return [
        FigureRow(
            *(zh, en, kind, asked, running, done),
            days=median_days(spans[provider, kind]),
            rating=average(total or 0, rated, least=1),
            rated=rated,
        )
        for provider, zh, en, kind, asked, running, done, rated, total in found
    ]


def _sums(theirs: sa.ColumnElement[bool]) -> sa.Select[int, str, str, str, int, int, int, int, int | None]:
    def counted(states: Sequence[str]) -> sa.Function[int]:
        return sa.func.count(sa.case((ServiceRequest.state.in_(states), 1)))

    english = sa.func.coalesce(Organization.name_en, Organization.name)
    return (
        sa.select(
            *(Organization.id, Organization.name, english, Service.kind),
            *(sa.func.count(ServiceRequest.id), counted(OPEN), counted(DONE)),
            *(sa.func.count(ServiceRequest.rating), sa.func.sum(ServiceRequest.rating)),
        )
        .join(Service, Service.provider_id == Organization.id)
        .outerjoin(ServiceRequest, ServiceRequest.service_id == Service.id)
        .where(theirs)
        .group_by(Organization.id, Organization.name, english, Service.kind)
        .order_by(Organization.name, Organization.id, Service.kind)
    )
