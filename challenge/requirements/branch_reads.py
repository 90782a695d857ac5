"""What the managers of branches read: the requirements that belong to their branches, over all rounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts.models import Organization
from challenge.requirements.models import Requirement
from challenge.requirements.queries import AT_BRANCH, QUEUE_STATES
from challenge.rounds.models import Round


@dataclass(frozen=True, slots=True)
class BranchRow:
    """One requirement of a branch, with its round."""

    id: int
    ref: str
    number: str | None
    state: str
    anonymous: bool
    title_zh: str | None
    title_en: str | None
    field: str | None
    budget_min_minor: int | None
    budget_max_minor: int | None
    currency: str
    updated_at: dt.datetime
    seeker_zh: str | None
    seeker_en: str | None
    branch_zh: str
    branch_en: str
    round_zh: str | None
    round_en: str | None
    round_slug: str
    zone: str


@dataclass(frozen=True, slots=True)
class BranchFilter:
    """Which of them: at the branch's desk or not, in these states, of a field, of a round (its address)."""

    states: Sequence[str]
    at_desk: bool | None = None
    field: str = ""
    slug: str = ""


def _english(organization: Any) -> sa.ColumnElement[str]:
    return sa.func.coalesce(organization.name_en, organization.name)


_BRANCH = aliased(Organization)
_COLUMNS: tuple[Any, ...] = (
    *(Requirement.id, Requirement.ref, Requirement.number, Requirement.state, Requirement.anonymous),
    *(Requirement.title_zh, Requirement.title_en, Requirement.field),
    *(Requirement.budget_min_minor, Requirement.budget_max_minor, Requirement.currency),
    *(Requirement.updated_at, Organization.name, _english(Organization)),
    *(_BRANCH.name, _english(_BRANCH)),
    *(Round.title_zh, Round.title_en, Round.slug, Round.zone),
)


def of_branches(
    session: Session,
    branch_ids: Collection[int],
    which: BranchFilter,
    *,
    names: bool,
    after: int | None = None,
    limit: int = 50,
) -> list[BranchRow]:
    """Requirements of these branches that were handed in, the longest waiting first; one statement.

    `names`: with the names of anonymous seekers, for those who screen.
    """
    seeker = Organization.id == Requirement.seeker_id
    query = (
        sa.select(*_COLUMNS)
        .outerjoin(Organization, seeker if names else seeker & sa.not_(Requirement.anonymous))
        .join(_BRANCH, _BRANCH.id == Requirement.branch_id)
        .join(Round, Round.id == Requirement.round_id)
        .where(
            Requirement.branch_id.in_(branch_ids),
            Requirement.state.in_(set(which.states) & QUEUE_STATES),
            sa.or_(Requirement.state != "withdrawn", Requirement.number.is_not(None)),
        )
        .order_by(Requirement.id)
        .limit(limit)
    )
    if which.at_desk is not None:
        desk = sa.and_(AT_BRANCH, Round.screening_steps == 2)
        query = query.where(desk if which.at_desk else sa.not_(desk))
    if which.field:
        query = query.where(Requirement.field == which.field)
    if which.slug:
        query = query.where(Round.slug == which.slug)
    if after is not None:
        query = query.where(Requirement.id > after)
    return [BranchRow(*tuple(row)) for row in session.execute(query)]


def rounds_of(session: Session, branch_ids: Collection[int], limit: int = 100) -> list[tuple[str, str, str]]:
    """The rounds in which these branches have requirements: address and both titles, newest first."""
    some = sa.exists().where(Requirement.round_id == Round.id, Requirement.branch_id.in_(branch_ids))
    title = (
        sa.func.coalesce(Round.title_zh, Round.title_en),
        sa.func.coalesce(Round.title_en, Round.title_zh),
    )
    query = sa.select(Round.slug, *title).where(some).order_by(Round.id.desc()).limit(limit)
    return [(slug, zh, en) for slug, zh, en in session.execute(query)]
