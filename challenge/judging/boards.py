"""The organizer's reads of judging: the panel and its progress, the matrix of assignments, one assignment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.judging import conflicts, entries, laid_out, themes
from challenge.judging.models import Assignment, PanelJudge, Phase, Scorecard
from challenge.judging.places import Columns
from challenge.judging.scorecards import JUDGED
from challenge.requirements.models import Requirement
from challenge.rules.errors import NotFound
from challenge.rules.lifecycles import GIVEN_BACK, READING
from challenge.submissions.models import Submission

PAGE = 50


@dataclass(frozen=True, slots=True)
class Seat:
    """A judge of the panel with how far they are; an imported judge has a label and no account."""

    id: int
    label: str
    user_id: int | None
    name: str | None
    email: str | None
    affiliation: str | None
    capacity: int | None
    assigned: int
    invited: int
    accepted: int
    begun: int
    completed: int
    left: int

    @property
    def reading(self) -> int:
        """Proposals of which this judge still promises a scorecard, or has locked one."""
        return self.invited + self.accepted + self.completed

    @property
    def over(self) -> bool:
        """Whether this judge has more than they can take."""
        return self.capacity is not None and self.reading > self.capacity


@dataclass(frozen=True, slots=True)
class Panel:
    """A round's phase with its seats in the order of their labels."""

    phase: Phase
    seats: tuple[Seat, ...]

    @property
    def addresses(self) -> dict[int, str]:
        """The mail address of each judge who has an account."""
        return {seat.id: seat.email for seat in self.seats if seat.email}


def panel_of(session: Session, round_id: int, number: int | None = None) -> Panel | None:
    """A phase (or the one at hand) with its panel, counted by state; None without it (one statement)."""
    counted = Submission.id.is_not(None)  # entries that were withdrawn or ruled out are nobody's work

    def count(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.count(sa.case((sa.and_(counted, *conditions), Assignment.id)))

    state = Assignment.state
    standing = sa.and_(Submission.id == Assignment.submission_id, Submission.state.in_(JUDGED))
    query: Columns = (
        sa.select(
            Phase,
            *(PanelJudge.id, PanelJudge.label, PanelJudge.user_id),
            *(User.name, User.email, User.affiliation, PanelJudge.capacity),
            sa.func.count(Assignment.id),
            count(state == "invited"),
            count(state == "accepted"),
            count(state == "accepted", Scorecard.id.is_not(None)),
            count(state == "completed"),
            count(state.in_((*GIVEN_BACK, "replaced"))),
        )
        .outerjoin(PanelJudge, PanelJudge.phase_id == Phase.id)
        .outerjoin(User, User.id == PanelJudge.user_id)
        .outerjoin(Assignment, Assignment.judge_id == PanelJudge.id)
        .outerjoin(Submission, standing)
        .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(laid_out.which(round_id, number))
        .group_by(Phase.id, PanelJudge.id, User.id)
        .order_by(Phase.number.desc(), PanelJudge.id)
    )
    rows = session.execute(query).all()
    phase = rows[0][0] if rows else None
    if phase is None:
        return None
    return Panel(phase, tuple(Seat(*row[1:]) for row in rows if row[0] is phase and row[1] is not None))


@dataclass(frozen=True, slots=True)
class Cell:
    """How one judge and one entry stand: an assignment, a conflict (or another track), or nothing yet."""

    state: str | None
    ref: str | None = None
    begun: bool = False
    conflict: str | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the matrix, with a cell for each judge by number."""

    id: int
    ref: str
    code: str
    title: str
    cells: Mapping[int, Cell]
    reading: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """A page of entries by judges; `after` leads to the next page."""

    lines: tuple[Line, ...]
    after: int | None


def matrix(
    session: Session, panel: Panel, after: int = 0, limit: int = PAGE, *, short: bool = False
) -> Matrix:
    """Entries by judges, by pages in the order of their numbers (three statements; four with tracks).

    With `short` only those that lack judges.
    """
    standing = entries.of_phase(panel.phase)
    if short:
        standing = sa.and_(standing, _lacks_judges(panel.phase))
    page = (
        sa.select(Submission.id, Submission.ref, Submission.code, Submission.title)
        .where(standing, Submission.id > after)
        .order_by(Submission.id)
        .limit(limit + 1)
        .subquery("page")
    )
    mine = sa.and_(Assignment.submission_id == page.c.id, Assignment.phase_id == panel.phase.id)
    made = (Assignment.judge_id, Assignment.state, Assignment.ref, Scorecard.id, Assignment.pinned)
    rows = session.execute(
        sa.select(page, *made)
        .outerjoin(Assignment, mine)
        .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .order_by(page.c.id)
    ).all()
    ids = list(dict.fromkeys(row[0] for row in rows))
    shown = ids[:limit]
    wanted = Submission.id.in_(shown)
    tied = conflicts.hard(session, panel.phase.id, wanted, panel.addresses) if shown else {}
    elsewhere = themes.outside(session, panel.phase.id, wanted) if shown else {}
    cells: dict[int, dict[int, Cell]] = {number: {} for number in ids}
    for (judge, entry), reason in {**elsewhere, **tied}.items():
        cells[entry][judge] = Cell(None, conflict=reason)
    for entry, _ref, _code, _title, judge, state, ref, card, pinned in rows:
        if judge is not None:
            cells[entry][judge] = Cell(state, ref, card is not None, tied.get((judge, entry)), pinned)
    texts = {row[0]: (row[1], row[2], row[3]) for row in rows}
    lines = tuple(Line(number, *texts[number], cells[number], _reading(cells[number])) for number in shown)
    return Matrix(lines, shown[-1] if len(ids) > limit else None)


def _lacks_judges(phase: Phase) -> sa.ColumnElement[bool]:
    reads = sa.select(sa.func.count(Assignment.id)).where(
        Assignment.submission_id == Submission.id,
        Assignment.phase_id == phase.id,
        Assignment.state.in_(READING),
    )
    return reads.scalar_subquery() < phase.per_entry


def _reading(cells: Mapping[int, Cell]) -> int:
    return sum(cell.state in READING for cell in cells.values())


@dataclass(frozen=True, slots=True)
class One:
    """One assignment for the organizer: who, what, how it stands and why. No scores of a draft."""

    ref: str
    state: str
    reason: str | None
    declared_at: dt.datetime | None
    created_at: dt.datetime
    label: str
    name: str | None
    submission_id: int
    code: str
    title: str
    requirement_zh: str | None
    requirement_en: str | None
    saved_at: dt.datetime | None
    locked_at: dt.datetime | None
    conflict: str | None
    conflict_at: dt.datetime | None
    pinned: bool


def one(session: Session, phase_id: int, ref: str) -> One:
    """One assignment of the phase (one statement); raises NotFound."""
    query: Columns = (
        sa.select(
            Assignment.ref,
            Assignment.state,
            Assignment.reason,
            Assignment.declared_at,
            Assignment.created_at,
            PanelJudge.label,
            User.name,
            Submission.id,
            Submission.code,
            Submission.title,
            Requirement.title_zh,
            Requirement.title_en,
            Scorecard.saved_at,
            Scorecard.locked_at,
            Assignment.conflict,
            Assignment.conflict_at,
            Assignment.pinned,
        )
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .outerjoin(User, User.id == PanelJudge.user_id)
        .join(Submission, Submission.id == Assignment.submission_id)
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(Assignment.phase_id == phase_id, Assignment.ref == ref)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return One(*row)


def judges_asked(session: Session, phase_id: int, submission_id: int) -> set[int]:
    """The judges who have, or ever had, an assignment with this entry (one statement)."""
    query = sa.select(Assignment.judge_id).where(
        Assignment.phase_id == phase_id, Assignment.submission_id == submission_id
    )
    return set(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Short:
    """An entry with fewer judges at work than the phase asks for."""

    code: str
    title: str
    reading: int
    locked: int


def short_of_judges(session: Session, phase: Phase, limit: int = PAGE) -> list[Short]:
    """Entries that lack judges, the shortest first, at most `limit` of them (one statement)."""
    at_work = sa.func.count(sa.case((Assignment.state.in_(READING), Assignment.id)))
    locked = sa.func.count(sa.case((Assignment.state == "completed", Assignment.id)))
    query = (
        sa.select(Submission.code, Submission.title, at_work, locked)
        .outerjoin(
            Assignment, sa.and_(Assignment.submission_id == Submission.id, Assignment.phase_id == phase.id)
        )
        .where(entries.of_phase(phase))
        .group_by(Submission.id, Submission.code, Submission.title)
        .having(at_work < phase.per_entry)
        .order_by(at_work, Submission.id)
        .limit(limit)
    )
    return [Short(*row) for row in session.execute(query)]
