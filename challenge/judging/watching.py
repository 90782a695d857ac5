"""How the judges of a phase judge: beside the panel, steady or not, far off, and towards their own.

For the organizer's eyes. Eight statements, whatever the number of judges and entries; the figures are made of
locked scorecards of entries that still stand.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import behind, boards, likes, rubric
from challenge.judging.boards import Seat
from challenge.judging.likes import Like
from challenge.judging.models import Assignment, Criterion, Phase, Ranking, Score, Scorecard
from challenge.judging.ranking_models import Calibration
from challenge.judging.scorecards import JUDGED
from challenge.rules.agreement import alpha_interval
from challenge.rules.permissions import Actor
from challenge.rules.scales import ends
from challenge.rules.severity import Beside, Far, beside, differences, far, quartiles
from challenge.submissions.models import Submission

MOST_FAR = 50
Cards = dict[int, dict[int, Decimal]]
"""Entry -> judge -> score."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A judge's severity by the calibration, in points: posterior mean and 90 % interval.

    A calibration that was kept before intervals were has none.
    """

    severity: float
    low: float | None
    high: float | None

    @property
    def reach(self) -> float:
        """How far from zero any of it lies."""
        return max(abs(each) for each in (self.severity, self.low, self.high) if each is not None)


@dataclass(frozen=True, slots=True)
class Watched:
    """One judge: the progress so far, and how the locked totals lie beside the panel's."""

    seat: Seat
    beside: Beside
    calibrated: Calibrated | None
    five: tuple[Decimal, Decimal, Decimal, Decimal, Decimal] | None
    first_at: dt.datetime | None
    last_at: dt.datetime | None  # of the last lock or saved draft


@dataclass(frozen=True, slots=True)
class Agreement:
    """Krippendorff's alpha on a criterion, or on the totals; over so many entries with two scores or more."""

    criterion: Criterion | None
    alpha: Fraction | None
    entries: int


@dataclass(frozen=True, slots=True)
class Odd:
    """A score far from the panel's, with where it stands."""

    code: str
    label: str
    ref: str  # of the assignment
    criterion: Criterion
    far: Far


@dataclass(frozen=True, slots=True)
class Watch:
    """A phase's judges in figures."""

    phase: Phase
    low: Decimal  # the least and the most that a scorecard can total
    most: Decimal
    judges: tuple[Watched, ...]
    calibration: Calibration | None  # of the ranking in force, else of the standings
    agreements: tuple[Agreement, ...]
    odd: tuple[Odd, ...]
    odd_count: int
    likes: tuple[Like, ...]
    days: tuple[tuple[dt.date, int], ...]  # scorecards locked until the end of each day, in UTC
    promised: int


@dataclass(slots=True)
class _Read:
    """What the locked cards of a phase say."""

    totals: Cards = field(default_factory=dict)
    scores: dict[int, Cards] = field(default_factory=dict)  # by criterion
    refs: dict[tuple[int, int], str] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    mine: dict[int, list[Decimal]] = field(default_factory=dict)  # a judge's own totals
    locks: dict[int, list[dt.datetime]] = field(default_factory=dict)
    touched: dict[int, dt.datetime] = field(default_factory=dict)


def watch(session: Session, actor: Actor, round_id: int, number: int | None = None) -> Watch | None:
    """The figures of a phase (or the one at hand); None where there is none.

    Single scores of an entry that the actor is behind are not among them.
    """
    phase = rubric.phase_of(session, round_id, number)
    panel = boards.panel_of(session, round_id, number) if phase is not None else None
    if phase is None or panel is None:
        return None
    read = _read(session, phase.id)
    criteria = [each for each in phase.criteria if not each.carried]
    apart = differences(read.totals)
    shared = likes.of_panel(session, phase.id, apart)
    labels = {seat.id: seat.label for seat in panel.seats}
    calibration = _calibration(session, phase.id)
    found = _calibrated(calibration)
    own = behind.of_phase(session, actor, phase)
    odd = [each for each in _odd(read, criteria, labels) if each.far.entry not in own]
    return Watch(
        phase,
        *ends(criteria),
        tuple(_watched(seat, read, apart.get(seat.id, {}), found.get(seat.label)) for seat in panel.seats),
        calibration,
        tuple(_agreements(read, criteria)),
        tuple(odd[:MOST_FAR]),
        len(odd),
        tuple(shared),
        _by_day(read),
        sum(seat.reading for seat in panel.seats),
    )


def _read(session: Session, phase_id: int) -> _Read:
    query = (
        sa.select(
            Assignment.judge_id,
            Assignment.submission_id,
            Assignment.ref,
            Submission.code,
            Scorecard.state,
            Scorecard.total,
            sa.func.coalesce(Scorecard.locked_at, Scorecard.saved_at).label("at"),
            Score.criterion_id,
            Score.value,
        )
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(Score, sa.and_(Score.scorecard_id == Scorecard.id, Scorecard.state == "locked"))
        .where(Assignment.phase_id == phase_id, Submission.state.in_(JUDGED))
        .order_by(Assignment.id)
    )
    read = _Read()
    for row in session.execute(query):
        judge, entry = row.judge_id, row.submission_id
        at: dt.datetime = row.at
        read.touched[judge] = max(read.touched.get(judge, at), at)
        if row.state != "locked":
            continue
        if (judge, entry) not in read.refs:
            read.refs[judge, entry], read.codes[entry] = row.ref, row.code
            read.locks.setdefault(judge, []).append(at)
            if row.total is not None:
                read.totals.setdefault(entry, {})[judge] = row.total
                read.mine.setdefault(judge, []).append(row.total)
        if row.value is not None:
            read.scores.setdefault(row.criterion_id, {}).setdefault(entry, {})[judge] = row.value
    return read


def _calibration(session: Session, phase_id: int) -> Calibration | None:
    in_force = sa.exists().where(Ranking.id == Calibration.ranking_id, sa.not_(Ranking.superseded))
    live = Calibration.ranking_id.is_(None)
    query = sa.select(Calibration).where(Calibration.phase_id == phase_id, sa.or_(live, in_force))
    return session.scalars(query.order_by(live, Calibration.id.desc()).limit(1)).first()


def _calibrated(calibration: Calibration | None) -> dict[str, Calibrated]:
    """What was kept of each judge, by label."""
    judges = calibration.judges if calibration is not None else ()
    return {each["label"]: Calibrated(each["severity"], each.get("low"), each.get("high")) for each in judges}


def _watched(
    seat: Seat, read: _Read, apart: Mapping[int, Fraction], calibrated: Calibrated | None
) -> Watched:
    mine = read.mine.get(seat.id)
    return Watched(
        seat,
        beside(apart.values()),
        calibrated,
        quartiles(mine) if mine else None,
        min(read.locks.get(seat.id, ()), default=None),
        read.touched.get(seat.id),
    )


def _agreements(read: _Read, criteria: list[Criterion]) -> list[Agreement]:
    def one(criterion: Criterion | None, cards: Cards) -> Agreement:
        units = [list(card.values()) for card in cards.values() if len(card) > 1]
        return Agreement(criterion, alpha_interval(units), len(units))

    found = [one(each, read.scores.get(each.id, {})) for each in criteria]
    return [one(None, read.totals), *found]


def _odd(read: _Read, criteria: list[Criterion], labels: Mapping[int, str]) -> list[Odd]:
    found = [
        Odd(read.codes[each.entry], labels[each.judge], read.refs[each.judge, each.entry], criterion, each)
        for criterion in criteria
        for each in far(read.scores.get(criterion.id, {}), criterion.step)
    ]
    return sorted(found, key=lambda each: -each.far.times)


def _by_day(read: _Read) -> tuple[tuple[dt.date, int], ...]:
    counts = Counter(at.date() for mine in read.locks.values() for at in mine)
    done, found = 0, []
    for day in sorted(counts):
        done += counts[day]
        found.append((day, done))
    return tuple(found)
