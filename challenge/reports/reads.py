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
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, User
from challenge.base.db import insert_into
from challenge.judging.models import Assignment, Phase
from challenge.reports.models import Access
from challenge.requirements.models import Requirement
from challenge.submissions.models import Submission, Version

MOST_LINES = 500
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, as what, and when by the database's clock."""

    user_id: int | None
    role: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log as the team sees it; `name` is empty where it may not be known."""

    role: str
    name: str
    version: int
    what: str
    file: str
    at: dt.datetime


def of_version(session: Session, reader: Reader, version: Version, place: int = 0) -> list[Row]:
    """The row that the log lacks when this version, or its file at `place`, is read; none if it is there."""
    return _fresh(session, reader, sa.select(Version).where(Version.id == version.id), place)


def of_entries(session: Session, reader: Reader, ids: Iterable[int]) -> list[Row]:
    """The same for the versions of these submissions that stand."""
    standing = sa.select(Version).where(Version.submission_id.in_(list(ids)), Version.current)
    return _fresh(session, reader, standing)


def of_assignment(session: Session, reader: Reader, ref: str, place: int = 0) -> list[Row]:
    """The same for what a judge reads with this assignment."""
    theirs = (
        sa.select(Version)
        .join(Assignment, Assignment.submission_id == Version.submission_id)
        .where(Assignment.ref == ref, Version.current)
    )
    return _fresh(session, reader, theirs, place)


def _fresh(session: Session, reader: Reader, versions: sa.Select[Any], place: int = 0) -> list[Row]:
    """What is not in the log for this hour yet; one statement, and nothing is written."""
    what, hour = "file" if place else "version", reader.at.replace(minute=0, second=0, microsecond=0)
    known = sa.exists().where(
        Access.submission_id == Version.submission_id,
        Access.reader_id == reader.user_id,
        Access.role == reader.role,
        Access.version == Version.number,
        Access.what == what,
        Access.place == place,
        Access.hour == hour,
    )
    phase = sa.literal_column("NULL") if reader.role != "judge" else Assignment.phase_id
    found = session.execute(
        versions.with_only_columns(Version.submission_id, Version.number, phase).where(~known)
    )
    return [
        {
            "submission_id": submission_id,
            "reader_id": reader.user_id,
            "role": reader.role,
            "phase_id": phase_id,
            "version": number,
            "what": what,
            "place": place,
            "at": reader.at,
            "hour": hour,
        }
        for submission_id, number, phase_id in found
    ]


def write(session: Session, rows: Sequence[Row]) -> None:
    """Add the rows; one that somebody else added meanwhile is left as it is. One statement."""
    session.execute(insert_into(session, Access).values(list(rows)).on_conflict_do_nothing())


def _speaks_for_it() -> sa.Exists:
    """Whether the reader speaks for the entry's own need: whom it was offered to anew is not named."""
    return sa.exists().where(
        Membership.user_id == Access.reader_id, Membership.organization_id == Requirement.seeker_id
    )


def of_submission(session: Session, submission_id: int, most: int | None = MOST_LINES) -> list[Line]:
    """The log of a submission for its team, newest first; one statement."""
    may_know = sa.or_(
        sa.and_(Access.role == "judge", Phase.blindness == "open"),
        sa.and_(Access.role == "seeker", sa.not_(Requirement.anonymous), _speaks_for_it()),
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
        .limit(most)
    )
    return [
        Line(role, name, version, what, _name(manifest, place), at)
        for role, name, version, what, place, at, manifest in session.execute(query)
    ]


def _name(manifest: list[Any] | None, place: int) -> str:
    return str(manifest[place - 1]["name"]) if manifest and 0 < place <= len(manifest) else ""
