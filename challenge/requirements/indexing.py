"""The public face of requirements for the search index.

Columns are named one by one, and an anonymous seeker is joined to nothing, as on the public pages.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Indicator, Requirement
from challenge.rounds.models import Round
from challenge.search.index import Entry

KIND = "requirement"
_COLUMNS = (
    *(Requirement.id, Requirement.ref, Requirement.title_zh, Requirement.title_en),
    *(Requirement.summary_zh, Requirement.summary_en, Requirement.problem_zh, Requirement.problem_en),
    *(Requirement.goals, Requirement.keywords, Requirement.number),
    *(Requirement.field, Requirement.region, Round.stage, Requirement.round_id),
    *(Requirement.budget_min_minor, Requirement.budget_max_minor, Requirement.currency),
    sa.func.coalesce(Requirement.published_at, Requirement.created_at).label("at"),
    Requirement.updated_at,
    Organization.name.label("seeker_zh"),
    sa.func.coalesce(Organization.name_en, Organization.name).label("seeker_en"),
)


def entries(session: Session, ids: Collection[int]) -> list[Entry]:
    """The entries of those requirements that are public (two statements)."""
    named = (Organization.id == Requirement.seeker_id) & sa.not_(Requirement.anonymous)
    query = (
        sa.select(*_COLUMNS, Round.public)
        .join(Round, Round.id == Requirement.round_id)
        .outerjoin(Organization, named)
        .where(Requirement.id.in_(ids), Requirement.state.in_(PUBLIC_STATES))
        .order_by(Requirement.id)
    )
    # Asked of the answer: in the query, SQLite would begin with all public rounds.
    rows = [row for row in session.execute(query) if row.public]
    lines: dict[int, list[str]] = {row.id: [] for row in rows}
    names = sa.select(Indicator.requirement_id, Indicator.name_zh, Indicator.name_en)
    for key, name_zh, name_en in session.execute(names.where(Indicator.requirement_id.in_(lines))):
        lines[key] += [name for name in (name_zh, name_en) if name]
    return [
        Entry(
            KIND,
            row.id,
            row.ref,
            row.title_zh,
            row.title_en,
            (row.summary_zh, row.summary_en, row.problem_zh, row.problem_en, row.goals),
            row.at,
            row.updated_at,
            more=(*row.keywords, *lines[row.id], row.number),
            owner_zh=row.seeker_zh,
            owner_en=row.seeker_en,
            group_id=row.round_id,
            field=row.field,
            region=row.region,
            stage=row.stage,
            low_minor=row.budget_min_minor,
            high_minor=row.budget_max_minor,
            currency=row.currency,
        )
        for row in rows
    ]


def ids(session: Session, after: int, limit: int, round_id: int | None = None) -> list[int]:
    """Ids of requirements above `after`, in their order: of one round, or of all (one statement)."""
    query = sa.select(Requirement.id).where(Requirement.id > after)
    if round_id is not None:
        query = query.where(Requirement.round_id == round_id)
    return list(session.scalars(query.order_by(Requirement.id).limit(limit)))


def of_seeker(session: Session, organization_id: int) -> list[int]:
    """Ids of an organization's public requirements (one statement)."""
    mine = (Requirement.seeker_id == organization_id, Requirement.state.in_(PUBLIC_STATES))
    return list(session.scalars(sa.select(Requirement.id).where(*mine).order_by(Requirement.id)))
