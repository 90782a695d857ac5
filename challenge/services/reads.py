"""Reads of the catalogue: what everyone sees of a centre's services, and what the centre itself sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts import branches
from challenge.accounts.models import Organization
from challenge.rules.services import average
from challenge.services.models import Service, ServiceRequest


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A service in a list. Of what was asked only sums go in, so that nobody who asked stands in it."""

    id: int
    ref: str
    state: str
    kind: str
    name_zh: str | None
    name_en: str | None
    text_zh: str | None
    text_en: str | None
    fee_zh: str | None
    fee_en: str | None
    lasts_zh: str | None
    lasts_en: str | None
    provider_zh: str
    provider_en: str
    centre_ref: str
    centre_zh: str
    centre_en: str
    rated: int
    total: int

    @property
    def rating(self) -> Decimal | None:
        """The average, once there are enough ratings."""
        return average(self.total, self.rated)


_CENTRE, _PROVIDER = aliased(Organization), aliased(Organization)


def _lines() -> sa.Select[*tuple[Any, ...]]:
    rated = (
        sa.select(
            ServiceRequest.service_id.label("service_id"),
            sa.func.count(ServiceRequest.rating).label("rated"),
            sa.func.sum(ServiceRequest.rating).label("total"),
        )
        .where(ServiceRequest.rating.is_not(None))
        .group_by(ServiceRequest.service_id)
        .subquery()
    )
    texts = (getattr(Service, f"{name}_{suffix}") for name in _TEXTS for suffix in ("zh", "en"))
    return (
        sa.select(
            *(Service.id, Service.ref, Service.state, Service.kind),
            *texts,
            *(_PROVIDER.name, sa.func.coalesce(_PROVIDER.name_en, _PROVIDER.name)),
            *(_CENTRE.ref, _CENTRE.name, sa.func.coalesce(_CENTRE.name_en, _CENTRE.name)),
            *(sa.func.coalesce(rated.c.rated, 0), sa.func.coalesce(rated.c.total, 0)),
        )
        .join(_CENTRE, _CENTRE.id == Service.centre_id)
        .join(_PROVIDER, _PROVIDER.id == Service.provider_id)
        .outerjoin(rated, rated.c.service_id == Service.id)
    )


_TEXTS = ("name", "text", "fee", "lasts")


def offered(
    session: Session, kind: str = "", of: str = "", after: int | None = None, limit: int = 50
) -> list[ServiceLine]:
    """What can be asked for, the newest first (one statement). `of`: an organization with all below it."""
    query = _lines().where(Service.state == "offered")
    if kind:
        query = query.where(Service.kind == kind)
    if of:
        inside = branches.below(sa.select(Organization.id).where(Organization.ref == of))
        ids = sa.select(inside.c.id)
        query = query.where(sa.or_(Service.centre_id.in_(ids), Service.provider_id.in_(ids)))
    if after is not None:
        query = query.where(Service.id < after)
    return [ServiceLine(*row) for row in session.execute(query.order_by(Service.id.desc()).limit(limit))]


def kinds(session: Session, of: str = "") -> dict[str, int]:
    """How many of each kind can be asked for (one statement)."""
    query = sa.select(Service.kind, sa.func.count()).where(Service.state == "offered")
    if of:
        inside = branches.below(sa.select(Organization.id).where(Organization.ref == of))
        ids = sa.select(inside.c.id)
        query = query.where(sa.or_(Service.centre_id.in_(ids), Service.provider_id.in_(ids)))
    return {row[0]: row[1] for row in session.execute(query.group_by(Service.kind))}


def line(session: Session, service_id: int) -> ServiceLine:
    """One service as a line (one statement)."""
    return ServiceLine(*session.execute(_lines().where(Service.id == service_id)).one())


def of_centres(session: Session, ids: Iterable[int], limit: int = 500) -> list[ServiceLine]:
    """All that these organizations offer or provide, whatever its state (one statement)."""
    mine = list(ids)
    query = _lines().where(sa.or_(Service.centre_id.in_(mine), Service.provider_id.in_(mine)))
    order = sa.case((Service.state == "retired", 1), else_=0)
    return [
        ServiceLine(*row) for row in session.execute(query.order_by(order, Service.id.desc()).limit(limit))
    ]
