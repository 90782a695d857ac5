"""Public results as lists: rounds whose notice started or that were published, and what one of them shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.awards import gallery
from challenge.awards.models import Award, Notice
from challenge.awards.objection_models import Objection
from challenge.awards.queries import SHOWN
from challenge.base.db import UtcDateTime
from challenge.judging.models import Phase, Ranking
from challenge.rounds.models import Prize, Programme, Round
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission

Key = tuple[dt.datetime, int]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A round in the list of results."""

    id: int
    slug: str
    title_zh: str | None
    title_en: str | None
    zone: str
    sort_at: dt.datetime
    programme_title_zh: str | None
    programme_title_en: str | None
    hue: int
    host_name: str
    host_name_en: str | None
    notice_starts_at: dt.datetime | None
    notice_ends_at: dt.datetime | None
    published_at: dt.datetime | None
    awards: int
    entries: int

    @property
    def key(self) -> Key:
        """Where the next page begins."""
        return self.sort_at, self.id


def _in_force(round_id: Any) -> sa.Exists:
    return (
        sa.exists()
        .where(Ranking.phase_id == Phase.id, sa.not_(Ranking.superseded))
        .where(Phase.round_id == round_id)
    )


# Judged and published elsewhere: what an import brought is public as it came.
IMPORTED = sa.and_(Round.source.is_not(None), Round.stage == Stage.CLOSED.value, _in_force(Round.id))


def results(session: Session, after: Key | None = None, limit: int = 50) -> list[ResultRow]:
    """Rounds with a public notice or published results, the latest first: one statement."""
    awards = (
        sa.select(sa.func.count()).where(Award.round_id == Round.id, Award.state.in_(SHOWN)).scalar_subquery()
    )
    query = (
        sa.select(
            *(Round.id, Round.slug, Round.title_zh, Round.title_en, Round.zone, Round.sort_at),
            *(Programme.title_zh, Programme.title_en, Programme.hue),
            *(Organization.name, Organization.name_en),
            *(Notice.starts_at, Notice.ends_at, Notice.published_at),
            *(awards, Round.submission_count),
        )
        .join(Programme, Programme.id == Round.programme_id)
        .join(Organization, Organization.id == Programme.host_id)
        .outerjoin(Notice, Notice.round_id == Round.id)
        .where(Round.public, sa.or_(Notice.round_id.is_not(None), IMPORTED))
        .order_by(Round.sort_at.desc(), Round.id.desc())
        .limit(limit)
    )
    if after is not None:
        mark = sa.tuple_(sa.literal(after[0], UtcDateTime()), sa.literal(after[1]))
        query = query.where(sa.tuple_(Round.sort_at, Round.id) < mark)
    return [ResultRow(*tuple(row)) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class ResultState:
    """What of a round's results is public: the notice's dates, and whether a ranking may be shown."""

    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    published_at: dt.datetime | None
    imported: bool
    gallery: bool = False  # whether some team shows its work
    objections: bool = False  # whether any was filed and not taken back

    @property
    def public(self) -> bool:
        """Whether there is anything to show at all."""
        return self.starts_at is not None or self.imported

    @property
    def final(self) -> bool:
        """Whether results are published, so that the ranking may be shown."""
        return self.published_at is not None or self.imported


STATE: tuple[sa.ColumnElement[Any], ...] = (
    *(
        sa.select(column).where(Notice.round_id == Round.id).scalar_subquery()
        for column in (Notice.starts_at, Notice.ends_at, Notice.published_at)
    ),
    IMPORTED,
    gallery.any_of(Round.id),
    sa.exists().where(Objection.round_id == Round.id, Objection.state != "withdrawn"),
)
"""Columns over `Round` that a head of a round may carry along: `ResultState(*columns)`."""


@dataclass(frozen=True, slots=True)
class LatestAward:
    """An award for the front page."""

    title: str
    team: str
    state: str
    prize_zh: str | None
    prize_en: str | None
    round_slug: str
    round_zh: str | None
    round_en: str | None
    zone: str
    notice_ends_at: dt.datetime


def latest(session: Session, limit: int = 3, rounds: int = 5) -> list[LatestAward]:
    """The first awards of the rounds whose notice started last: one statement."""
    recent = sa.select(Notice.round_id).order_by(Notice.starts_at.desc()).limit(rounds)
    solver = sa.func.coalesce(sa.func.nullif(Submission.team_name, ""), Organization.name, Submission.code)
    query = (
        sa.select(
            *(Submission.title, solver, Award.state, Prize.name_zh, Prize.name_en),
            *(Round.slug, Round.title_zh, Round.title_en, Round.zone, Notice.ends_at),
        )
        .select_from(Award)
        .join(Prize, Prize.id == Award.prize_id)
        .join(Submission, Submission.id == Award.submission_id)
        .join(Round, Round.id == Award.round_id)
        .join(Notice, Notice.round_id == Round.id)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .where(Award.round_id.in_(recent), Award.state.in_(SHOWN), Round.public)
        .order_by(Notice.starts_at.desc(), Prize.position, Award.requirement_id, Award.slot)
        .limit(limit)
    )
    return [LatestAward(*row) for row in session.execute(query)]
