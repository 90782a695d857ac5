"""What the stage's screens read: few columns, no score but what the chair has put onto the board.

Every page is asked for every other second by everybody in the hall: `mark` alone answers most of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.judging.on_site_models import OnSite, StageTurn
from challenge.judging.places import Columns
from challenge.judging.scorecards import JUDGED
from challenge.judging.turns import subject_of
from challenge.rounds.models import Programme, Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Subject
from challenge.rules.timing import Timer
from challenge.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Mark:
    """A final on site by name: its phase, as of which version, who may see it."""

    phase: Phase
    version: int
    screen_key: str
    screen_public: bool
    chair_id: int | None


@dataclass(frozen=True, slots=True)
class Turn:
    """An entry in the running order; the team is loaded in an open phase alone."""

    submission_id: int
    code: str
    title: str
    team: str | None
    position: int | None
    on_stage_at: dt.datetime | None
    stands: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """A final on site as a hall may see it."""

    phase: Phase
    version: int
    digest: str | None
    drawn_at: dt.datetime | None
    committed_at: dt.datetime | None
    part: str
    presentation: Timer
    questions: Timer
    current_id: int | None
    reveal: str
    board: Sequence[dict[str, Any]]
    turns: tuple[Turn, ...]

    @property
    def timer(self) -> Timer:
        """The clock of the part that is on."""
        return self.questions if self.part == "questions" else self.presentation

    @property
    def now(self) -> Turn | None:
        """Who is on stage."""
        return next((turn for turn in self.turns if turn.submission_id == self.current_id), None)

    @property
    def next(self) -> Turn | None:
        """Who comes then: the first after the one on stage (or of all) who has not been there."""
        waiting = [turn for turn in self.turns if turn.stands and turn.on_stage_at is None]
        return waiting[0] if waiting and self.drawn_at is not None else None


def mark(session: Session, round_id: int, number: int) -> Mark:
    """One statement; raises NotFound where the phase is not held on site."""
    query = (
        sa.select(Phase, OnSite.version, OnSite.screen_key, OnSite.screen_public, OnSite.chair_id)
        .join(Phase, Phase.id == OnSite.phase_id)
        .where(Phase.round_id == round_id, Phase.number == number)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return Mark(*row)


def subject(round_: Round, mark: Mark, now: dt.datetime, *, public: bool = False) -> Subject:
    """The facts of a final on site for the permission table; `public`: its screen is, for the asker."""
    return replace(subject_of(round_, mark.phase, now), public=public, chair_id=mark.chair_id)


def stage(session: Session, phase_id: int) -> Stage:
    """The stage as its screens show it (two statements): no seed, no withheld place."""
    columns = (
        *(OnSite.version, OnSite.seed_digest, OnSite.drawn_at, OnSite.committed_at, OnSite.part),
        *(OnSite.presentation_seconds, OnSite.question_seconds, OnSite.spent_ms, OnSite.running_since),
        *(OnSite.current_id, OnSite.reveal, OnSite.board),
    )
    query = sa.select(Phase, *columns).join(OnSite, OnSite.phase_id == Phase.id).where(Phase.id == phase_id)
    row = session.execute(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    phase = row[0]
    return Stage(
        phase,
        row.version,
        row.seed_digest,
        row.drawn_at,
        row.committed_at,
        row.part,
        Timer(row.presentation_seconds, row.spent_ms, row.running_since),
        Timer(row.question_seconds, row.spent_ms, row.running_since),
        row.current_id,
        row.reveal,
        row.board,
        turns(session, phase),
    )


def turns(session: Session, phase: Phase) -> tuple[Turn, ...]:
    """The running order, by code before the draw (one statement)."""
    team = Submission.team_name if phase.blindness == "open" else sa.literal(None, sa.Text)
    query = (
        sa.select(
            StageTurn.submission_id,
            Submission.code,
            Submission.title,
            team,
            StageTurn.position,
            StageTurn.on_stage_at,
            Submission.state.in_(JUDGED),
        )
        .join(Submission, Submission.id == StageTurn.submission_id)
        .where(StageTurn.phase_id == phase.id)
        .order_by(StageTurn.position, Submission.code)
    )
    return tuple(Turn(*row) for row in session.execute(query))


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a judge stands to what is on stage: their own assignment of it, if they have one."""

    slug: str
    hue: int
    phase_id: int
    version: int
    code: str | None
    title: str | None
    submission_id: int | None
    judge_id: int
    ref: str | None
    state: str | None

    @property
    def tag(self) -> str:
        """Changes with the stage and with the judge's own assignment, and with nothing else."""
        return f"{self.version}-{self.ref or ''}-{self.state or ''}"


def seat(session: Session, user_id: int | None, phase_id: int) -> Seat:
    """One statement; raises NotFound for anybody who is not on the panel of a final on site."""
    mine = sa.and_(Assignment.judge_id == PanelJudge.id, Assignment.submission_id == OnSite.current_id)
    query: Columns = (
        sa.select(
            Round.slug,
            Programme.hue,
            Phase.id,
            OnSite.version,
            Submission.code,
            Submission.title,
            OnSite.current_id,
            PanelJudge.id,
            Assignment.ref,
            Assignment.state,
        )
        .select_from(OnSite)
        .join(Phase, Phase.id == OnSite.phase_id)
        .join(Round, Round.id == Phase.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .join(PanelJudge, PanelJudge.phase_id == Phase.id)
        .outerjoin(Submission, Submission.id == OnSite.current_id)
        .outerjoin(Assignment, mine)
        .where(Phase.id == phase_id, PanelJudge.user_id == user_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return Seat(*row)


def stage_of(session: Session, ref: str) -> int | None:
    """The phase of an assignment where that is held on site, else None (one statement)."""
    query = sa.select(OnSite.phase_id).join(Assignment, Assignment.phase_id == OnSite.phase_id)
    return session.scalar(query.where(Assignment.ref == ref))


def setting(session: Session, phase_id: int) -> tuple[OnSite, str | None] | None:
    """How a final is held, for the organizer's page, with the chair's address (one statement)."""
    query = (
        sa.select(OnSite, User.email)
        .outerjoin(User, User.id == OnSite.chair_id)
        .where(OnSite.phase_id == phase_id)
    )
    row = session.execute(query.execution_options(populate_existing=True)).one_or_none()
    return None if row is None else (row[0], row[1])


def chaired(session: Session, user_id: int | None) -> list[tuple[Round, int]]:
    """The finals that a person is named to lead: round and phase (one statement)."""
    query = (
        sa.select(Round, Phase.number)
        .join(Phase, Phase.round_id == Round.id)
        .join(OnSite, OnSite.phase_id == Phase.id)
        .where(OnSite.chair_id == user_id, Round.cancelled_at.is_(None))
        .order_by(Phase.id.desc())
    )
    return [(round_, number) for round_, number in session.execute(query)]
