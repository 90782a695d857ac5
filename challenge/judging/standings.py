"""The organizer's ranking board: the ranking in force, or the standings as they are, fifty lines at a time.

Both read rows that were computed when scorecards were locked or the ranking was fixed, by an index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.judging import laid_out
from challenge.judging.models import Phase, Ranking, RankingRow, Standing
from challenge.judging.ranking_models import Calibration, Estimate
from challenge.judging.scorecards import JUDGED
from challenge.requirements.models import Requirement
from challenge.rounds.models import Theme
from challenge.rules.scales import read_score
from challenge.submissions.models import Submission
from challenge.submissions.themes import of_submission

PAGE = 50


@dataclass(frozen=True, slots=True)
class RankLine:
    """One entry on the board. `place` may be shared; `resolved_by` is the step that split a tie."""

    ref: str
    code: str
    title: str
    requirement_zh: str | None
    requirement_en: str | None
    state: str
    place: int | None
    shared: bool
    total: Decimal | None
    panel: Mapping[str, Any]
    scorecards: int
    resolved_by: str | None
    trail: Sequence[Mapping[str, Any]]
    estimate: Estimate | None
    in_track: int | None = None  # its place among the entries of the track that is looked at


@dataclass(frozen=True, slots=True)
class RankPage:
    """A page of the board; `after` is the cursor of the next one."""

    lines: tuple[RankLine, ...]
    after: str | None


class Opening(NamedTuple):
    """A phase with its criteria, its ranking in force, and what was calibrated beside that and right now."""

    phase: Phase
    official: Ranking | None
    tracks: bool
    beside: Calibration | None
    now: Calibration | None


def opening(session: Session, round_id: int, number: int | None = None) -> Opening | None:
    """A phase (or the one at hand) as its board begins: one statement; None where there is no such phase."""
    beside, now = sa.orm.aliased(Calibration), sa.orm.aliased(Calibration)
    query = (
        sa.select(Phase, Ranking, sa.exists().where(Theme.round_id == round_id), beside, now)
        .outerjoin(Ranking, sa.and_(Ranking.phase_id == Phase.id, sa.not_(Ranking.superseded)))
        .outerjoin(beside, beside.ranking_id == Ranking.id)
        .outerjoin(now, sa.and_(now.phase_id == Phase.id, now.ranking_id.is_(None)))
        .where(laid_out.which(round_id, number))
        .order_by(Phase.number.desc())
        .options(joinedload(Phase.criteria))
        .execution_options(populate_existing=True)
    )
    row = session.execute(query).unique().first()
    return None if row is None else Opening(*row)


def fixed(
    session: Session,
    ranking: Ranking,
    cursor: str = "",
    limit: int = PAGE,
    theme_id: int | None = None,
    beside: Calibration | None = None,
    *,
    calibrated: bool = False,
) -> RankPage:
    """A page of the ranking in force, of one track or of all (one statement).

    By position; `calibrated`: by the calibrated values, and only entries that have one.
    """
    order = Estimate.place if calibrated else RankingRow.position
    after = int(cursor) if cursor.isdecimal() and len(cursor) < 10 else 0
    query = (
        sa.select(*_row_columns(), _place_in_track(ranking.id, theme_id), order.label("cursor"))
        .select_from(RankingRow)
        .join(Submission, Submission.id == RankingRow.submission_id)
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .outerjoin(
            Standing,
            sa.and_(
                Standing.phase_id == ranking.phase_id, Standing.submission_id == RankingRow.submission_id
            ),
        )
        .outerjoin(Estimate, _estimated(beside, RankingRow.submission_id))
        .where(RankingRow.ranking_id == ranking.id, order > after)
        .order_by(order)
        .limit(limit + 1)
    )
    if theme_id is not None:
        query = query.where(of_submission() == theme_id)
    rows = session.execute(query).all()
    lines = tuple(RankLine(*row[:-1]) for row in rows[:limit])
    return RankPage(lines, str(rows[limit - 1].cursor) if len(rows) > limit else None)


def _row_columns() -> tuple[Any, ...]:
    return (
        *_entry_columns(),
        RankingRow.place,
        RankingRow.shared,
        RankingRow.total,
        RankingRow.panel,
        sa.func.coalesce(Standing.scorecards, 0),
        RankingRow.resolved_by,
        RankingRow.trail,
        Estimate,
    )


def _estimated(beside: Calibration | None, entry: Any) -> sa.ColumnElement[bool]:
    number = 0 if beside is None else beside.id
    return sa.and_(Estimate.calibration_id == number, Estimate.submission_id == entry)


def _place_in_track(ranking_id: int, theme_id: int | None) -> sa.ColumnElement[int | None]:
    """One more than the placed entries of the track above this one; NULL where no track is looked at."""
    if theme_id is None:
        return sa.literal(None, sa.Integer)
    above = sa.orm.aliased(RankingRow)
    better = (
        sa.select(sa.func.count() + 1)
        .select_from(above)
        .join(Submission, Submission.id == above.submission_id)
        .where(above.ranking_id == ranking_id, of_submission() == theme_id, above.place < RankingRow.place)
        .correlate(RankingRow)
    )
    return sa.case((RankingRow.place.is_not(None), better.scalar_subquery()))


def live(
    session: Session,
    phase_id: int,
    cursor: str = "",
    limit: int = PAGE,
    theme_id: int | None = None,
    now: Calibration | None = None,
) -> RankPage:
    """A page of the standings by total, from locked scorecards, ties not yet split (one statement).

    Places are those among all entries, or among those of one track.
    """
    start = _Cursor.read(cursor)
    query = (
        sa.select(
            *_entry_columns(), Standing.total, Standing.panel, Standing.scorecards, Estimate, Submission.id
        )
        .select_from(Standing)
        .join(Submission, Submission.id == Standing.submission_id)
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .outerjoin(Estimate, _estimated(now, Standing.submission_id))
        .where(Standing.phase_id == phase_id, Standing.total.is_not(None), Submission.state.in_(JUDGED))
        .order_by(Standing.total.desc(), Standing.submission_id.desc())
        .limit(limit + 1)
    )
    if theme_id is not None:
        query = query.where(of_submission() == theme_id)
    if start is not None:
        edge = sa.tuple_(Standing.total, Standing.submission_id)
        query = query.where(
            edge < sa.tuple_(sa.literal(start.total, Standing.total.type), sa.literal(start.submission_id))
        )
    return _in_places(session.execute(query).all(), start, limit)


def _in_places(rows: Sequence[Any], start: _Cursor | None, limit: int) -> RankPage:
    """Rows by falling total, with the places that they share or have."""
    lines: list[RankLine] = []
    shown, place = (start.shown, start.place) if start else (0, 0)
    above = start.total if start else None
    for number, row in enumerate(rows[:limit]):
        below = rows[number + 1].total if number + 1 < len(rows) else None
        place = place if row.total == above else shown + number + 1
        tied = row.total in (above, below)
        figures: tuple[Any, ...] = (place, tied, row.total, row.panel, row.scorecards, None, (), row.Estimate)
        lines.append(RankLine(*row[:6], *figures))
        above = row.total
    if len(rows) <= limit:
        return RankPage(tuple(lines), None)
    last = rows[limit - 1]
    return RankPage(tuple(lines), _Cursor(last.total, last.id, shown + limit, place).text)


@dataclass(frozen=True, slots=True)
class _Cursor:
    """The last line of a page: its total and number, how many were shown so far, and its place."""

    total: Decimal
    submission_id: int
    shown: int
    place: int

    @property
    def text(self) -> str:
        return f"{self.total},{self.submission_id},{self.shown},{self.place}"

    @classmethod
    def read(cls, text: str) -> _Cursor | None:
        """The cursor of a link; None for anything else, which shows the first page."""
        first, *others = text.split(",")
        total = read_score(first)
        if total is None or abs(total) >= 10**12 or round(total, 4) != total:
            return None
        if len(others) != 3 or not all(part.isdecimal() and len(part) < 10 for part in others):
            return None
        return cls(total, *map(int, others))


def _entry_columns() -> tuple[Any, ...]:
    return (
        Submission.ref,
        Submission.code,
        Submission.title,
        Requirement.title_zh,
        Requirement.title_en,
        Submission.state,
    )
