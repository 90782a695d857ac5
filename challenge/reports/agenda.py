"""Dates: of a round for everyone, and of one person over all that they take part in. Plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, RoleGrant
from challenge.distribution.models import Care
from challenge.docking.models import Docking, DockingPair
from challenge.judging.models import PanelJudge, Phase
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.search.models import Follow
from challenge.submissions.models import Submission, TeamMember
from challenge.training.models import Course, CourseSession, Enrolment

PAST = dt.timedelta(days=90)  # how long what is over stays in a person's calendar
MOST = 500  # of each kind


@dataclass(frozen=True, slots=True)
class Date:
    """One date; without an end it is a moment. `kind` with `part` says what happens, `name` identifies it."""

    name: str
    kind: str  # window_opens, window_closes, phase_opens, phase_closes, docking, course
    at: dt.datetime
    ends_at: dt.datetime | None
    title_zh: str | None
    title_en: str | None
    part: str  # the stage of a window, the topic of a session
    place: str
    revision: int
    cancelled: bool
    address: str  # of the page that it is on: slug or reference
    moved: bool = False  # whether a window closes at another time than was announced at first


def of_round(session: Session, round_id: int) -> list[Date]:
    """The openings and closings of one round (one statement)."""
    return _windows(session, Round.id == round_id)


def of_person(session: Session, user_id: int, now: dt.datetime) -> list[Date]:
    """What concerns a person from three months ago on, the earliest first: four statements."""
    since = now - PAST
    dates = [
        *_windows(session, Round.id.in_(_rounds_of(user_id)), Round.public | _organizes(user_id)),
        *_phases(session, user_id),
        *_dockings(session, user_id, since),
        *_sessions(session, user_id, since),
    ]
    return sorted((each for each in dates if each.at >= since), key=lambda each: (each.at, each.name))


def _speaks_for(user_id: int) -> sa.Select[Any]:
    mine = sa.and_(Membership.user_id == user_id, Membership.representative.is_(True))
    return sa.select(Membership.organization_id).where(mine)


def _organizes(user_id: int) -> sa.ColumnElement[bool]:
    def held(scope: str) -> sa.Select[Any]:
        grants = sa.select(RoleGrant.scope_id).where(RoleGrant.user_id == user_id, RoleGrant.scope == scope)
        return grants.where(RoleGrant.role.in_(("organizer", "manager")))

    return sa.or_(Programme.id.in_(held("programme")), Programme.host_id.in_(held("organization")))


def _rounds_of(user_id: int) -> sa.CompoundSelect[Any]:
    """Rounds in which the person has an entry, a need, a seat or an office, or that they follow."""
    entered = sa.select(Submission.round_id).join(TeamMember, TeamMember.submission_id == Submission.id)
    needed = sa.select(Requirement.round_id)
    judged = sa.select(Phase.round_id).join(PanelJudge, PanelJudge.phase_id == Phase.id)
    run = sa.select(Round.id).join(Programme, Programme.id == Round.programme_id)
    return sa.union(
        entered.where(TeamMember.user_id == user_id, Submission.state != "withdrawn"),
        needed.where(
            sa.or_(Requirement.seeker_id.in_(_speaks_for(user_id)), Requirement.author_id == user_id)
        ),
        judged.where(PanelJudge.user_id == user_id),
        run.where(_organizes(user_id)),
        sa.select(Follow.thing_id).where(Follow.user_id == user_id, Follow.kind == "round"),
    )


def _windows(session: Session, *which: sa.ColumnElement[bool]) -> list[Date]:
    columns = (Round.id, Round.slug, Round.title_zh, Round.title_en, Round.version, Round.cancelled_at)
    window = (RoundWindow.stage, RoundWindow.opens_at, RoundWindow.closes_at, RoundWindow.first_closes_at)
    query = sa.select(*columns, *window).join(RoundWindow, RoundWindow.round_id == Round.id)
    query = query.join(Programme, Programme.id == Round.programme_id).where(*which)
    dates = []
    rows: Sequence[Any] = session.execute(query.order_by(RoundWindow.opens_at.desc()).limit(MOST)).all()
    for number, slug, zh, en, version, cancelled_at, stage, opens_at, closes_at, first in rows:
        over, moved = cancelled_at is not None, first is not None and first != closes_at
        for kind, at, late in (("opens", opens_at, False), ("closes", closes_at, moved)):
            if at is not None:
                name = f"round-{number}-{stage}-{kind}"
                dates.append(
                    Date(name, f"window_{kind}", at, None, zh, en, stage, "", version, over, slug, late)
                )
    return dates


def _phases(session: Session, user_id: int) -> list[Date]:
    """When the phases close in which the person judges, where they have times of their own."""
    columns = (Phase.id, Phase.closes_at, Round.title_zh, Round.title_en, Round.version, Round.slug)
    query = sa.select(*columns, Phase.number, Round.cancelled_at).join(Round, Round.id == Phase.round_id)
    query = query.join(PanelJudge, PanelJudge.phase_id == Phase.id)
    query = query.where(PanelJudge.user_id == user_id, Phase.closes_at.is_not(None)).limit(MOST)
    dates = []
    rows: Sequence[Any] = session.execute(query).all()
    for key, at, zh, en, version, slug, number, cancelled_at in rows:
        name, over = f"phase-{key}-closes", cancelled_at is not None
        dates.append(Date(name, "phase_closes", at, None, zh, en, str(number), "", version, over, slug))
    return dates


def _dockings(session: Session, user_id: int, since: dt.datetime) -> list[Date]:
    """Meetings of the seekers and candidates that the person is or speaks for, and of needs in their care."""
    columns = (Docking.ref, Docking.starts_at, Docking.ends_at, Requirement.title_zh, Requirement.title_en)
    query = sa.select(*columns, Docking.place, Docking.revision, Docking.state)
    query = query.join(DockingPair, DockingPair.id == Docking.pair_id)
    query = query.join(Requirement, Requirement.id == DockingPair.requirement_id)
    mine = _speaks_for(user_id)
    caring = sa.select(Care.requirement_id).where(Care.broker_id == user_id, Care.state == "claimed")
    sides = (
        *(DockingPair.user_id == user_id, DockingPair.organization_id.in_(mine)),
        *(Requirement.seeker_id.in_(mine), Requirement.id.in_(caring)),
    )
    query = query.where(sa.or_(*sides), Docking.starts_at >= since).limit(MOST)
    rows: Sequence[Any] = session.execute(query).all()
    return [
        Date(f"docking-{ref}", "docking", at, end, zh, en, "", place, revision, state == "cancelled", ref)
        for ref, at, end, zh, en, place, revision, state in rows
    ]


def _sessions(session: Session, user_id: int, since: dt.datetime) -> list[Date]:
    """The sessions of the courses in which the person has a place."""
    times = (CourseSession.ref, CourseSession.starts_at, CourseSession.ends_at, CourseSession.topic)
    about = (Course.ref, Course.title_zh, Course.title_en, Course.place, Course.online, Course.revision)
    query = sa.select(*times, *about, Course.state).join(Course, Course.id == CourseSession.course_id)
    query = query.join(Enrolment, Enrolment.course_id == Course.id)
    query = query.where(Enrolment.user_id == user_id, Enrolment.state == "enrolled")
    query = query.where(CourseSession.starts_at >= since).limit(MOST)
    dates = []
    rows: Sequence[Any] = session.execute(query).all()
    for ref, at, end, topic, course, zh, en, place, online, revision, state in rows:
        where, over = " ".join(filter(None, (place, online))), state == "cancelled"
        name = f"course-session-{ref}"  # as messages.calendars names it: one entry, however it came
        dates.append(Date(name, "course", at, end, zh, en, topic, where, revision, over, course))
    return dates
