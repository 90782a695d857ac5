"""What a team reads of its judging: what the organizer chose and released, and nothing about anybody else.

One path for the team and for the organizer's preview. Nothing comes before the results are published or the
phase is announced. No label, no judge and no other entry is loaded where names were not chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards import said
from challenge.awards.feedback_models import PhaseFeedback
from challenge.awards.models import Notice
from challenge.awards.said import Comment
from challenge.judging import rubric
from challenge.judging.models import Criterion, Phase, Ranking, RankingRow
from challenge.judging.ranking_models import Calibration, Estimate
from challenge.judging.scorecards import JUDGED
from challenge.rules.standing_bands import band_of
from challenge.submissions.models import Submission, TeamMember


@dataclass(frozen=True, slots=True)
class OnCriterion:
    """The panel's score on one criterion, where such scores were chosen, and what judges say on it."""

    name_zh: str | None
    name_en: str | None
    maximum: Decimal
    score: str | None
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What one phase gives a team to read; what was not chosen is None or empty."""

    phase: Phase
    total: str | None
    most: Decimal | None
    criteria: tuple[OnCriterion, ...]
    place: int | None
    shared: bool
    band: int | None
    tie: tuple[int, int] | None  # the first and the last place of its tie band
    ranked: int
    comments: tuple[Comment, ...]

    @property
    def scored(self) -> bool:
        """Whether the panel's scores stand beside the criteria."""
        return any(each.score is not None for each in self.criteria)

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing to show."""
        told = (self.total, self.place, self.band, self.tie)
        on_criteria = any(each.score is not None or each.comments for each in self.criteria)
        return all(each is None for each in told) and not self.comments and not on_criteria


def out() -> sa.ColumnElement[bool]:
    """The condition on phases: announced, or the round's results are published."""
    published = sa.exists().where(Notice.round_id == Phase.round_id, Notice.published_at.is_not(None))
    return sa.or_(Phase.announced_at.is_not(None), published)


def own_team(reader: int | None) -> sa.Exists:
    """Whether the reader belongs to the team of an entry, as a column."""
    return sa.exists().where(TeamMember.submission_id == Submission.id, TeamMember.user_id == reader)


def for_team(session: Session, submission_id: int) -> list[Given]:
    """What the team of an entry reads, by phase (one statement; four where something was released)."""
    released = sa.and_(PhaseFeedback.released_at.is_not(None), out())
    return _given(session, submission_id, released)


def preview(session: Session, phase_id: int, submission_id: int) -> Given | None:
    """The same of one phase as it would be released now; None where the phase gives this entry nothing."""
    found = _given(session, submission_id, Phase.id == phase_id)
    return found[0] if found else None


def entry_by_code(session: Session, round_id: int, code: str, reader: int | None) -> int | None:
    """The entry with this code in the round; None also where the reader is in its team (one statement)."""
    this = sa.and_(Submission.round_id == round_id, Submission.code == code, Submission.state.in_(JUDGED))
    return session.scalar(sa.select(Submission.id).where(this, sa.not_(own_team(reader))))


def _given(session: Session, submission_id: int, condition: sa.ColumnElement[bool]) -> list[Given]:
    in_ranking = (
        sa.select(sa.func.count(RankingRow.place))
        .where(RankingRow.ranking_id == Ranking.id)
        .correlate(Ranking)
        .scalar_subquery()
    )
    beside = sa.and_(Calibration.ranking_id == Ranking.id, Calibration.state == "done")
    mine = sa.and_(
        Estimate.calibration_id == Calibration.id, Estimate.submission_id == RankingRow.submission_id
    )
    query = (
        sa.select(Phase, PhaseFeedback, RankingRow, in_ranking, *_band_ends())
        .join(PhaseFeedback, PhaseFeedback.phase_id == Phase.id)
        .join(Ranking, sa.and_(Ranking.phase_id == Phase.id, sa.not_(Ranking.superseded)))
        .join(RankingRow, RankingRow.ranking_id == Ranking.id)
        .join(Submission, Submission.id == RankingRow.submission_id)
        .outerjoin(Calibration, beside)
        .outerjoin(Estimate, mine)
        .where(Submission.id == submission_id, Submission.state.in_(JUDGED), condition)
        .order_by(Phase.number)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query).all()
    chosen = {phase.id: choice for phase, choice, *_more in rows}
    asked = [key for key, choice in chosen.items() if choice.scores != "none" or choice.on_criteria]
    criteria = _criteria(session, asked)
    words = said.of_entry(session, submission_id, chosen)
    on_each = said.of_criteria(session, submission_id, chosen)
    found = [_one(row, criteria.get(row[0].id, ()), words.get(row[0].id, ()), on_each) for row in rows]
    return [given for given in found if not given.says_nothing]


def _band_ends() -> list[sa.ScalarSelect[int]]:
    """The first and the last place of the tie band that an estimate is in."""
    band = sa.orm.aliased(Estimate)
    same = sa.and_(band.calibration_id == Estimate.calibration_id, band.band == Estimate.band)
    return [
        sa.select(each(band.place)).where(same).correlate(Estimate).scalar_subquery()
        for each in (sa.func.min, sa.func.max)
    ]


def _one(
    found: Any, criteria: Sequence[Criterion], words: Iterable[Comment], on_each: Mapping[int, list[Comment]]
) -> Given:
    phase, choice, row, ranked, first, last = found
    places = rubric.method_of(phase).places
    total = None if choice.scores == "none" or row.total is None else f"{row.total:.{places}f}"
    scored = choice.scores == "criteria"
    by_criterion = (
        OnCriterion(
            *(each.name_zh, each.name_en, each.maximum),
            row.panel.get(str(each.id)) if scored else None,
            tuple(on_each.get(each.id, ())),
        )
        for each in criteria
        if scored or each.id in on_each
    )
    band = band_of(row.place, ranked) if choice.standing == "band" and row.place is not None else None
    return Given(
        phase,
        total,
        sum((each.maximum * each.weight for each in criteria), Decimal(0)) if total else None,
        tuple(by_criterion),
        row.place if choice.standing == "place" else None,
        row.shared,
        band,
        (first, last) if choice.standing == "tie" and first is not None else None,
        ranked,
        tuple(words),
    )


def _criteria(session: Session, phase_ids: Sequence[int]) -> dict[int, list[Criterion]]:
    found: dict[int, list[Criterion]] = {}
    if phase_ids:
        query = sa.select(Criterion).where(Criterion.phase_id.in_(phase_ids))
        for each in session.scalars(query.order_by(Criterion.position, Criterion.id)):
            found.setdefault(each.phase_id, []).append(each)
    return found
