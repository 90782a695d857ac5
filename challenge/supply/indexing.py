"""Published achievements and listed experts for the search index: what everyone reads, and nothing else."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.search.index import Entry
from challenge.supply import directory, reads
from challenge.supply.models import Achievement, Expert, ExpertDocument

ACHIEVEMENT, EXPERT = "achievement", "expert"


def achievements(session: Session, ids: Collection[int]) -> list[Entry]:
    """The entries of those achievements that are published (one statement)."""
    query = reads.lines().add_columns(Achievement.updated_at)
    query = query.where(Achievement.id.in_(ids), Achievement.state == "published").order_by(Achievement.id)
    found = [(reads.Line(*row[:-1]), row[-1]) for row in session.execute(query)]
    return [
        Entry(
            ACHIEVEMENT,
            line.id,
            line.ref,
            line.title_zh,
            line.title_en,
            (line.summary_zh, line.summary_en),
            line.published_at or changed_at,
            changed_at,
            more=line.keywords,
            owner_zh=line.owner_zh,
            owner_en=line.owner_en,
            field=line.field,
            region=line.region,
            trl=line.trl,
            low_minor=line.price_minor,
            high_minor=line.price_minor,
            currency=line.currency,
        )
        for line, changed_at in found
    ]


def experts(session: Session, ids: Collection[int]) -> list[Entry]:
    """The entries of those experts who are listed (two statements)."""
    query = directory.listed().add_columns(Expert.updated_at)
    rows = session.execute(query.where(Expert.user_id.in_(ids)).order_by(Expert.user_id)).all()
    found = [(directory.Listed(*row[:-1]), row[-1]) for row in rows]
    titles: dict[int, list[str]] = {each.user_id: [] for each, _ in found}
    works = sa.select(ExpertDocument.user_id, ExpertDocument.title)
    works = works.where(ExpertDocument.user_id.in_(titles), ExpertDocument.kind == "publication")
    for user_id, title in session.execute(works):
        titles[user_id].append(title)
    return [
        Entry(
            EXPERT,
            each.user_id,
            each.ref,
            each.name,
            each.name,
            (each.about_zh, each.about_en),
            changed_at,
            changed_at,
            more=(*each.keywords, *titles[each.user_id]),
            owner_zh=each.affiliation or None,
            owner_en=each.affiliation or None,
            field=each.field,
            region=each.region,
        )
        for each, changed_at in found
    ]


def achievement_ids(session: Session, after: int, limit: int) -> list[int]:
    """Ids of achievements above `after`, in their order (one statement)."""
    query = sa.select(Achievement.id).where(Achievement.id > after)
    return list(session.scalars(query.order_by(Achievement.id).limit(limit)))


def expert_ids(session: Session, after: int, limit: int) -> list[int]:
    """Ids of people with a profile above `after`, in their order (one statement)."""
    query = sa.select(Expert.user_id).where(Expert.user_id > after)
    return list(session.scalars(query.order_by(Expert.user_id).limit(limit)))


def of_owner(session: Session, organization_id: int) -> list[int]:
    """Ids of an organization's published achievements (one statement)."""
    mine = (Achievement.organization_id == organization_id, Achievement.state == "published")
    return list(session.scalars(sa.select(Achievement.id).where(*mine).order_by(Achievement.id)))
