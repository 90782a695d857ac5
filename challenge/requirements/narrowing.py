"""To what a list of requirements can be narrowed, and how a query is."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from challenge.requirements.models import Requirement
from challenge.rounds.models import Theme


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of requirements is narrowed to; None and '' leave it wide. Sums are minor units."""

    round_id: int | None = None
    field: str = ""
    mode: str = ""
    budget_from: int | None = None
    budget_to: int | None = None
    text: str = ""
    theme: str = ""  # the reference of a track


def narrowed(query: sa.Select[int], filters: Filters) -> sa.Select[int]:
    """The query over `Requirement` with what the filters ask beside the field."""
    low, high = Requirement.budget_min_minor, Requirement.budget_max_minor
    if filters.round_id is not None:
        query = query.where(Requirement.round_id == filters.round_id)
    if filters.theme:
        chosen = sa.select(Theme.id).where(Theme.ref == filters.theme).scalar_subquery()
        query = query.where(Requirement.theme_id == chosen)
    if filters.mode:
        modes = sa.cast(Requirement.modes, sa.Text)
        query = query.where(modes.contains(f'"{filters.mode}"', autoescape=True))
    if filters.budget_from is not None:
        query = query.where(sa.func.coalesce(high, low) >= filters.budget_from)
    if filters.budget_to is not None:
        query = query.where(sa.func.coalesce(low, high) <= filters.budget_to)
    for word in filters.text.split()[:5]:
        query = query.where(
            sa.or_(
                *(
                    column.icontains(word, autoescape=True)
                    for column in (
                        Requirement.title_zh,
                        Requirement.title_en,
                        Requirement.summary_zh,
                        Requirement.summary_en,
                        Requirement.number,
                    )
                )
            )
        )
    return query
