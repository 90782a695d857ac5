"""The public face of requirements.

Columns are named one by one, so that neither the confidential part nor an anonymous seeker can be among them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.requirements import face_reads
from challenge.requirements.counts import FieldCount, field_counts
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Indicator, Requirement
from challenge.requirements.narrowing import Filters, narrowed
from challenge.requirements.questions import PublicQuestion, public_questions
from challenge.rounds import marks
from challenge.rounds.models import Programme, Round, RoundWindow, Theme
from challenge.rules.errors import NotFound
from challenge.rules.stages import Stage

__all__ = [
    "FieldCount",
    "Filters",
    "IndicatorLine",
    "PublicDetail",
    "PublicQuestion",
    "PublicRow",
    "field_counts",
    "public_detail",
    "public_list",
    "public_questions",
]

Rows = sa.Select[*tuple[Any, ...]]

KEY_INDICATORS = 2  # shown in a list


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator as everyone reads it."""

    position: int
    name_zh: str | None
    name_en: str | None
    unit: str
    comparison: str
    target: str | None
    level: str


@dataclass(frozen=True, slots=True)
class PublicRow:
    """One requirement in a list. `seeker_zh` and `seeker_en` are None where the seeker is anonymous."""

    id: int
    ref: str
    number: str | None
    state: str
    title_zh: str | None
    title_en: str | None
    summary_zh: str | None
    summary_en: str | None
    field: str | None
    modes: list[str]
    budget_min_minor: int | None
    budget_max_minor: int | None
    currency: str
    submission_count: int
    question_count: int
    published_at: dt.datetime | None
    own_closes_at: dt.datetime | None
    opens_at: dt.datetime | None
    round_closes_at: dt.datetime | None
    anonymous: bool
    seeker_zh: str | None
    seeker_en: str | None
    round_id: int
    round_slug: str
    round_zh: str | None
    round_en: str | None
    zone: str
    hue: int
    theme_zh: str | None = None
    theme_en: str | None = None
    indicators: tuple[IndicatorLine, ...] = ()
    indicator_count: int = 0

    @property
    def closes_at(self) -> dt.datetime | None:
        """When it stops taking solutions: its own close, or its round's."""
        ends = [at for at in (self.own_closes_at, self.round_closes_at) if at is not None]
        return min(ends, default=None)


@dataclass(frozen=True, slots=True)
class PublicDetail:
    """One requirement with all that everyone may read."""

    row: PublicRow
    problem_zh: str | None
    problem_en: str | None
    goals: str
    keywords: list[str]
    industry: str | None
    region: str | None
    partners: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    ip_wish: str
    version: int
    updated_at: dt.datetime
    round_version: int
    more: bool  # whether a confidential part can be asked for


_NAMED = sa.not_(Requirement.anonymous)
_ROW = (
    Requirement.id,
    Requirement.ref,
    Requirement.number,
    Requirement.state,
    Requirement.title_zh,
    Requirement.title_en,
    Requirement.summary_zh,
    Requirement.summary_en,
    Requirement.field,
    Requirement.modes,
    Requirement.budget_min_minor,
    Requirement.budget_max_minor,
    Requirement.currency,
    Requirement.submission_count,
    Requirement.question_count,
    Requirement.published_at,
    Requirement.closes_at,
    RoundWindow.opens_at,
    RoundWindow.closes_at,
    Requirement.anonymous,
    Organization.name,
    sa.func.coalesce(Organization.name_en, Organization.name),
    Round.id,
    Round.slug,
    Round.title_zh,
    Round.title_en,
    Round.zone,
    Programme.hue,
    Theme.name_zh,
    Theme.name_en,
)
_MORE = (
    Requirement.problem_zh,
    Requirement.problem_en,
    Requirement.goals,
    Requirement.keywords,
    Requirement.industry,
    Requirement.region,
    Requirement.partners,
    Requirement.starts_on,
    Requirement.ends_on,
    Requirement.ip_wish,
    Requirement.version,
    Requirement.updated_at,
    Round.version,
    face_reads.offered(),
)


def _public(columns: Sequence[Any]) -> Rows:
    """Public requirements with these columns; the seeker is joined only where it shows its name."""
    return (
        sa.select(*columns)
        .join(Round, Round.id == Requirement.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .outerjoin(Theme, Theme.id == Requirement.theme_id)
        .outerjoin(Organization, (Organization.id == Requirement.seeker_id) & _NAMED)
        .outerjoin(
            # A cancelled round's windows no longer live: its requirements take no solutions.
            RoundWindow,
            (RoundWindow.round_id == Round.id)
            & (RoundWindow.stage == Stage.SUBMISSION.value)
            & RoundWindow.live,
        )
        .where(Requirement.state.in_(PUBLIC_STATES), Round.public)
    )


def public_list(
    session: Session, filters: Filters | None = None, after: int | None = None, limit: int = 20
) -> list[PublicRow]:
    """Public requirements, newest first, in two statements; `after` is the last id of the page before.

    Ask for one more than a page shows to know whether there is another.
    """
    page = _page(filters or Filters(), after, limit)
    query = _public(_ROW).where(Requirement.id.in_(page)).order_by(Requirement.id.desc())
    rows = [PublicRow(*row) for row in session.execute(query)]
    lines = _indicators(session, [row.id for row in rows])
    return [
        replace(row, indicators=tuple(lines[row.id][:KEY_INDICATORS]), indicator_count=len(lines[row.id]))
        for row in rows
    ]


def _page(filters: Filters, after: int | None, limit: int) -> sa.Select[int]:
    """The ids of a page. Across rounds it walks the key from its end and stops when the page is full.

    SQLite would rather gather every published requirement by an index and sort them all: 0.3 s for 100,000.
    So what it could look up is given to it as expressions, except where a round keeps them few.
    """
    state, field = Requirement.state, Requirement.field
    if filters.round_id is None:
        state, field = sa.func.coalesce(state, ""), sa.func.coalesce(field, "")  # type: ignore[assignment]
    public = sa.exists().where(Round.id == Requirement.round_id, Round.public)
    query = sa.select(Requirement.id).where(state.in_(PUBLIC_STATES), public)
    if filters.field:
        query = query.where(field == filters.field)
    if after is not None:
        query = query.where(Requirement.id < after)
    return narrowed(query, filters).order_by(Requirement.id.desc()).limit(limit)


def public_rows(session: Session, ids: Sequence[int]) -> list[PublicRow]:
    """These requirements as far as they are public, in the order of the ids; one statement."""
    found = session.execute(_public(_ROW).where(Requirement.id.in_(ids)))
    rows = {row.id: row for row in (PublicRow(*each) for each in found)}
    return [rows[each] for each in ids if each in rows]


def public_list_of(session: Session, ids: Sequence[int]) -> list[PublicRow]:
    """The same with their key indicators; two statements."""
    rows = public_rows(session, ids)
    lines = _indicators(session, [row.id for row in rows])
    return [replace(row, indicators=tuple(lines[row.id][:KEY_INDICATORS])) for row in rows]


def public_detail(session: Session, ref: str) -> PublicDetail:
    """One public requirement with all its indicators, in two statements; raises NotFound."""
    found = session.execute(_detail(), {"ref": ref}).one_or_none()
    if found is None:
        raise NotFound
    row = PublicRow(*found[: len(_ROW)])
    lines = _indicators(session, [row.id])[row.id]
    whole = replace(row, indicators=tuple(lines), indicator_count=len(lines))
    return PublicDetail(whole, *found[len(_ROW) :])


@cache
def mark_of() -> Rows:
    """For `marks.of_round`: the round of the requirement `:ref`."""
    mine = Requirement.ref == sa.bindparam("ref", type_=sa.Text)
    return marks.of(sa.select(Requirement.round_id).where(mine).scalar_subquery())


@cache
def _detail() -> Rows:
    """Built once: to build it costs more than to ask it."""
    return _public((*_ROW, *_MORE)).where(Requirement.ref == sa.bindparam("ref", type_=sa.Text))


def _indicators(session: Session, requirement_ids: Sequence[int]) -> dict[int, list[IndicatorLine]]:
    lines: dict[int, list[IndicatorLine]] = {key: [] for key in requirement_ids}
    for row in session.execute(_lines(), {"ids": list(requirement_ids)}):
        lines[row[0]].append(IndicatorLine(*row[1:]))
    return lines


@cache
def _lines() -> Rows:
    return (
        sa.select(
            Indicator.requirement_id,
            Indicator.position,
            Indicator.name_zh,
            Indicator.name_en,
            Indicator.unit,
            Indicator.comparison,
            Indicator.target,
            Indicator.level,
        )
        .where(Indicator.requirement_id.in_(sa.bindparam("ids", expanding=True)))
        .order_by(Indicator.requirement_id, Indicator.position)
    )
