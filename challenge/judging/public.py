"""What the public may see of judging: each phase with its rubric, method and panel, and a published ranking.

A ranking is public once its round's results are; an imported round was judged and published elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.judging.models import Criterion, PanelJudge, PanelJudgeTheme, Phase, Ranking, RankingRow
from challenge.judging.places import Columns
from challenge.requirements.models import Requirement
from challenge.rounds.models import RoundWindow, Theme
from challenge.rules.scoring import Method
from challenge.rules.stages import Stage
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
class Track:
    """A track that a judge reads."""

    name_zh: str | None
    name_en: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """A judge as the public sees one: by label, or by name where the phase names its panel; with tracks."""

    label: str
    name: str = ""
    affiliation: str = ""
    tracks: tuple[Track, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """How a phase of a round is judged; `opens_at` and `closes_at` are its own within the round's window."""

    phase_id: int
    number: int
    kind: str
    name_zh: str | None
    name_en: str | None
    blindness: str
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    cut: str
    cut_value: Decimal | None
    named: bool
    per_entry: int
    method: Method = field(default_factory=Method)
    judges: tuple[Member, ...] = ()
    criteria: tuple[CriterionRow, ...] = ()
    way: str = "scores"


def panels(session: Session, round_id: int) -> list[Panel]:
    """Every judging phase of the round as published, in its order: three statements."""
    phases = session.execute(_phases(round_id)).all()
    members = _members(session, round_id)
    rubrics: dict[int, list[CriterionRow]] = defaultdict(list)
    criteria = sa.select(Criterion.phase_id, *_CRITERION).join(Phase, Phase.id == Criterion.phase_id)
    of_round = Phase.round_id == round_id
    for phase_id, *row in session.execute(criteria.where(of_round).order_by(Criterion.position)):
        rubrics[phase_id].append(CriterionRow(*row))
    return [
        replace(
            Panel(*row),
            method=Method.from_json(spec) if spec else Method(),
            judges=tuple(sorted(members.get(row[0], ()), key=lambda each: _natural(each.label))),
            criteria=tuple(rubrics[row[0]]),
            way=way,
        )
        for *row, spec, way in phases
    ]


def _phases(round_id: int) -> Columns:
    """Each phase with its own ends, or the round's where it has none."""
    judging = sa.and_(RoundWindow.round_id == Phase.round_id, RoundWindow.stage == Stage.JUDGING.value)
    return (
        sa.select(
            *(Phase.id, Phase.number, Phase.kind, Phase.name_zh, Phase.name_en, Phase.blindness),
            sa.func.coalesce(Phase.opens_at, RoundWindow.opens_at),
            sa.func.coalesce(Phase.closes_at, RoundWindow.closes_at),
            *(Phase.cut, Phase.cut_value, Phase.panel_public, Phase.per_entry, Phase.method, Phase.way),
        )
        .outerjoin(RoundWindow, judging)
        .where(Phase.round_id == round_id)
        .order_by(Phase.number)
    )


def _members(session: Session, round_id: int) -> Mapping[int, list[Member]]:
    """Phase -> its judges. A name is read only where the phase makes its panel public (one statement)."""
    named = sa.and_(Phase.panel_public, Phase.blindness != "double")
    query = (
        sa.select(
            Phase.id,
            PanelJudge.label,
            sa.case((named, User.name), else_=""),
            sa.case((named, User.affiliation), else_=""),
            Theme.name_zh,
            Theme.name_en,
        )
        .join(Phase, Phase.id == PanelJudge.phase_id)
        .outerjoin(User, User.id == PanelJudge.user_id)
        .outerjoin(PanelJudgeTheme, PanelJudgeTheme.judge_id == PanelJudge.id)
        .outerjoin(Theme, Theme.id == PanelJudgeTheme.theme_id)
        .where(Phase.round_id == round_id)
        .order_by(PanelJudge.id, Theme.position, Theme.id)
    )
    found: dict[int, dict[str, Member]] = defaultdict(dict)
    for phase_id, label, name, affiliation, zh, en in session.execute(query):
        seat = found[phase_id].setdefault(label, Member(label, name or "", affiliation or ""))
        if zh or en:
            found[phase_id][label] = replace(seat, tracks=(*seat.tracks, Track(zh, en)))
    return {phase_id: list(seats.values()) for phase_id, seats in found.items()}


def _natural(label: str) -> tuple[str, int, str]:
    figures = "".join(filter(str.isdigit, label))
    return label.rstrip("0123456789"), int(figures or 0), label


_CRITERION = (
    *(Criterion.id, Criterion.name_zh, Criterion.name_en),
    *(Criterion.guidance_zh, Criterion.guidance_en),
    *(Criterion.minimum, Criterion.maximum, Criterion.step, Criterion.weight),
)


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
