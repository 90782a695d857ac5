"""What the public may see of judging: the published rubric and method, panel labels, and a published ranking.

A ranking is public once its round's results are; an imported round was judged and published elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.judging.models import Criterion, PanelJudge, Phase, Ranking, RankingRow
from challenge.requirements.models import Requirement
from challenge.rules.scoring import Method
from challenge.submissions.models import Submission

# Entries whose title and team the public may read; of all others it reads the code.
NAMED_STATES = ("selected",)


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion as published; `points` is what it can give."""

    id: int
    name_zh: str | None
    name_en: str | None
    guidance_zh: str | None
    guidance_en: str | None
    minimum: Decimal
    maximum: Decimal
    step: Decimal
    weight: Decimal

    @property
    def points(self) -> Decimal:
        """The most that this criterion can give."""
        return self.maximum * self.weight


@dataclass(frozen=True, slots=True)
class Panel:
    """How a round is judged: its last phase."""

    phase_id: int
    blindness: str
    per_entry: int
    method: Method
    judges: tuple[str, ...]
    criteria: tuple[CriterionRow, ...] = ()
    way: str = "scores"


def panel(session: Session, round_id: int) -> Panel | None:
    """The round's last judging phase as published, None where there is none: three statements."""
    query = (
        sa.select(Phase.id, Phase.blindness, Phase.per_entry, Phase.method, Phase.way)
        .where(Phase.round_id == round_id)
        .order_by(Phase.number.desc())
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    phase_id, blindness, per_entry, spec, way = found
    labels = session.scalars(sa.select(PanelJudge.label).where(PanelJudge.phase_id == phase_id))
    method = Method.from_json(spec) if spec else Method()
    judges = tuple(sorted(labels, key=_natural))
    return Panel(phase_id, blindness, per_entry, method, judges, tuple(_criteria(session, phase_id)), way)


def _natural(label: str) -> tuple[str, int, str]:
    figures = "".join(filter(str.isdigit, label))
    return label.rstrip("0123456789"), int(figures or 0), label


_CRITERION = (
    *(Criterion.id, Criterion.name_zh, Criterion.name_en),
    *(Criterion.guidance_zh, Criterion.guidance_en),
    *(Criterion.minimum, Criterion.maximum, Criterion.step, Criterion.weight),
)


def _criteria(session: Session, phase_id: int) -> list[CriterionRow]:
    query = sa.select(*_CRITERION).where(Criterion.phase_id == phase_id).order_by(Criterion.position)
    return [CriterionRow(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class RankedEntry:
    """One line of a published ranking. Title and team are None where the entry was not chosen."""

    position: int
    place: int | None
    shared: bool
    total: Decimal | None
    panel: Mapping[str, Any]
    resolved_by: str | None
    code: str
    title: str | None
    team: str | None
    requirement_ref: str | None
    requirement_number: str | None


@dataclass(frozen=True, slots=True)
class PublicRanking:
    """A ranking in force: by which method, and a page of its lines."""

    method: Method
    criteria: tuple[CriterionRow, ...]
    rows: tuple[RankedEntry, ...]
    way: str = "scores"


def ranking(
    session: Session, round_id: int, *, named: bool, after: int = 0, limit: int = 50
) -> PublicRanking | None:
    """A page of the ranking in force of the round's last phase, by position: two statements.

    The caller has made sure that it is public. `named`: every entry shows its team (imported rounds).
    """
    last = sa.select(sa.func.max(Phase.number)).where(Phase.round_id == round_id).scalar_subquery()
    query = (
        sa.select(Ranking.id, Ranking.method, *_CRITERION)
        .join(Phase, Phase.id == Ranking.phase_id)
        .outerjoin(Criterion, Criterion.phase_id == Phase.id)
        .where(Phase.round_id == round_id, Phase.number == last, sa.not_(Ranking.superseded))
        .order_by(Criterion.position)
    )
    found = session.execute(query).all()
    if not found:
        return None
    ranking_id, spec = found[0][:2]
    method = Method.from_json(spec) if spec else Method()
    scored = tuple(CriterionRow(*row[2:]) for row in found if row[2])
    rows = tuple(RankedEntry(*row) for row in session.execute(_entries(ranking_id, named, after, limit)))
    way = spec.get("way", "scores") if spec else "scores"
    return PublicRanking(method, scored if way == "scores" else (), rows, way)


def _entries(ranking_id: int, named: bool, after: int, limit: int) -> sa.Select[Any]:
    known = sa.true() if named else Submission.state.in_(NAMED_STATES)
    team = sa.func.coalesce(sa.func.nullif(Submission.team_name, ""), Organization.name)
    return (
        sa.select(
            *(RankingRow.position, RankingRow.place, RankingRow.shared, RankingRow.total),
            *(RankingRow.panel, RankingRow.resolved_by, Submission.code),
            sa.case((known, Submission.title)),
            sa.case((known, team)),
            *(Requirement.ref, Requirement.number),
        )
        .join(Submission, Submission.id == RankingRow.submission_id)
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .where(RankingRow.ranking_id == ranking_id, RankingRow.position > after)
        .order_by(RankingRow.position)
        .limit(limit)
    )
