"""Who read what of a submission: written before anything is shown, read by its team.

Names stand nowhere in the log. A judge's name is not even selected unless the phase is an open one, nor is
that of whoever reads for a seeker that wishes to be unnamed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base.db import is_sqlite
from challenge.judging.models import Assignment, Phase
from challenge.reports.models import Access
from challenge.requirements.models import Requirement
from challenge.rules.permissions import Actor
from challenge.submissions.models import Submission, Version

MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class Read:
    """One thing that is about to be shown: a version (place 0), or a file of it by its place from 1."""

    submission_id: int
    version: int
    place: int = 0
    what: str = "version"
    phase_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log as the team sees it; `name` is empty where it may not be known."""

    role: str
    name: str
    version: int
    what: str
    file: str
    at: dt.datetime


def fresh(
    session: Session, actor: Actor, role: str, reads: Sequence[Read], at: dt.datetime
) -> list[dict[str, Any]]:
    """The rows that the log lacks for these reads in this hour; one statement, and nothing is written."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    mine = sa.select(Access.submission_id, Access.version, Access.what, Access.place).where(
        Access.submission_id.in_({read.submission_id for read in reads}),
        Access.reader_id == actor.user_id,
        Access.role == role,
        Access.hour == hour,
    )
    known = {tuple(row) for row in session.execute(mine)}
    return [
        {
            "submission_id": read.submission_id,
            "reader_id": actor.user_id,
            "role": role,
            "phase_id": read.phase_id,
            "version": read.version,
            "what": read.what,
            "place": read.place,
            "at": at,
            "hour": hour,
        }
        for read in reads
        if (read.submission_id, read.version, read.what, read.place) not in known
    ]


def write(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add the rows; one that somebody else added meanwhile is left as it is. One statement."""
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    session.execute(insert(Access).values(list(rows)).on_conflict_do_nothing())


def of_assignment(session: Session, ref: str, place: int = 0) -> list[Read]:
    """What a judge reads with this assignment: the version that stands, or its file; one statement."""
    query = (
        sa.select(Assignment.submission_id, Version.number, Assignment.phase_id)
        .join(Version, sa.and_(Version.submission_id == Assignment.submission_id, Version.current))
        .where(Assignment.ref == ref)
    )
    what = "file" if place else "version"
    return [Read(entry, number, place, what, phase) for entry, number, phase in session.execute(query)]


def standing(session: Session, ids: Iterable[int]) -> list[Read]:
    """The versions of these submissions that stand; one statement."""
    query = sa.select(Version.submission_id, Version.number).where(
        Version.submission_id.in_(list(ids)), Version.current
    )
    return [Read(*row) for row in session.execute(query)]


def of_submission(session: Session, submission_id: int) -> list[Line]:
    """The log of a submission for its team, newest first; one statement."""
    may_know = sa.or_(
        sa.and_(Access.role == "judge", Phase.blindness == "open"),
        sa.and_(Access.role == "seeker", sa.func.coalesce(Requirement.anonymous, sa.false()).is_(False)),
        Access.role.in_(("organizer", "admin")),
    )
    query = (
        sa.select(
            Access.role,
            sa.case((may_know, sa.func.coalesce(User.name, "")), else_=""),
            Access.version,
            Access.what,
            Access.place,
            Access.at,
            Version.manifest,
        )
        .join(Submission, Submission.id == Access.submission_id)
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .outerjoin(Phase, Phase.id == Access.phase_id)
        .outerjoin(User, User.id == Access.reader_id)
        .outerjoin(
            Version,
            sa.and_(Version.submission_id == Access.submission_id, Version.number == Access.version),
        )
        .where(Access.submission_id == submission_id)
        .order_by(Access.at.desc(), Access.id.desc())
        .limit(MOST_LINES)
    )
    return [
        Line(role, name, version, what, _name(manifest, place), at)
        for role, name, version, what, place, at, manifest in session.execute(query)
    ]


def _name(manifest: list[Any] | None, place: int) -> str:
    return str(manifest[place - 1]["name"]) if manifest and 0 < place <= len(manifest) else ""
