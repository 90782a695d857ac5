"""A judge's seat in a phase that is not judged by scorecards: the phase, its window, what they may compare.

What a judge compares are the entries they accepted to read, as with scorecards: so conflicts are declared
before reading, and an entry that a conflict was found with since is not shown.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import conflicts, turns
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.judging.scorecards import JUDGED
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rounds.tracks import windows_of
from challenge.rules import stages
from challenge.rules.errors import NotFound, WrongState
from challenge.rules.lifecycles import TAKEN
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Window
from challenge.submissions.models import Submission, Version


@dataclass(frozen=True, slots=True)
class Seat:
    """A judge in a phase: the round as judges see it, and the phase's window."""

    judge_id: int
    phase_id: int
    round_id: int
    slug: str
    title_zh: str | None
    title_en: str | None
    zone: str
    hue: int
    window: Window | None
    now: dt.datetime

    @property
    def open(self) -> bool:
        """Whether anything is taken now."""
        return stages.is_open(self.window, self.now)


@dataclass(frozen=True, slots=True)
class Readable:
    """An entry that the judge may compare: its assignment, code and title, and its summary."""

    ref: str
    submission_id: int
    code: str
    title: str
    summary: str


def look(session: Session, actor: Actor, phase_id: int, way: str) -> Seat:
    """The actor's seat, for a page (three statements). Raises NotFound, NotAllowed."""
    slug = session.scalar(sa.select(Round.slug).join(Phase).where(Phase.id == phase_id))
    if slug is None:
        raise NotFound
    round_, now = rounds.by_slug_now(session, slug)
    return _seat(session, actor, phase_id, way, round_, now)


def hold(session: Session, actor: Actor, phase_id: int, way: str) -> Seat:
    """The same under the gate of the round, while the phase is open; two presses at once take turns.

    Raises NotFound, NotAllowed, TooLate, WrongState("round_cancelled").
    """
    held = gate.hold_of(session, sa.select(Phase.round_id).where(Phase.id == phase_id).scalar_subquery())
    seat = _seat(session, actor, phase_id, way, held.round, held.now)
    if held.round.cancelled_at is not None:
        raise WrongState("round_cancelled")
    stages.check_open(seat.window, held.now)
    session.execute(sa.select(PanelJudge.id).where(PanelJudge.id == seat.judge_id).with_for_update())
    return seat


def readable(session: Session, seat: Seat) -> list[Readable]:
    """What the judge accepted to read, still stands, and has no conflict with them (three statements)."""
    judge_id = seat.judge_id
    content = Version.content
    query = (
        sa.select(
            Assignment.ref,
            Submission.id,
            Submission.code,
            content["title"].as_string(),
            content["values", "summary"].as_string(),
        )
        .join(Submission, Submission.id == Assignment.submission_id)
        .join(Version, sa.and_(Version.submission_id == Submission.id, Version.current))
        .where(Assignment.judge_id == judge_id, Assignment.state.in_(TAKEN), Assignment.conflict.is_(None))
        .where(Submission.state.in_(JUDGED))
        .order_by(Submission.code)
    )
    rows = session.execute(query).all()
    wanted = Submission.id.in_([row[1] for row in rows])
    tied = conflicts.hard(session, seat.phase_id, wanted) if rows else {}
    return [
        Readable(ref, number, code, title or "", summary or "")
        for ref, number, code, title, summary in rows
        if (judge_id, number) not in tied
    ]


def _seat(session: Session, actor: Actor, phase_id: int, way: str, round_: Round, now: dt.datetime) -> Seat:
    query = (
        sa.select(Phase, PanelJudge.id)
        .join(PanelJudge, PanelJudge.phase_id == Phase.id)
        .where(Phase.id == phase_id, Phase.way == way, PanelJudge.user_id == actor.user_id)
    )
    row = session.execute(query).one_or_none()
    if row is None or actor.user_id is None:
        raise NotFound
    phase, judge_id = row
    subject = rounds.subject_of(round_, now, kind="phase", judge_id=actor.user_id)
    require(actor, Action.PHASE_JUDGE, subject)
    window = turns.window_of(phase, windows_of(round_))
    programme = round_.programme
    return Seat(
        *(judge_id, phase_id, round_.id, round_.slug, round_.title_zh, round_.title_en),
        *(round_.zone, programme.hue, window, now),
    )
