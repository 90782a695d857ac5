"""Reads of a confidential part's people: who asked, who accepted which version, who opened what; and mine."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.files.models import Attachment
from challenge.requirements.face_models import Access, Face, FaceOpening, Nda, NdaAcceptance
from challenge.requirements.models import Requirement


def holds() -> sa.ColumnElement[bool]:
    """Of a requirement: whether there is a confidential text, or a file that is no stamped scan."""
    file = sa.exists().where(
        Attachment.owner_kind == "requirement",
        Attachment.owner_id == Requirement.id,
        Attachment.removed_at.is_(None),
        Attachment.confidential,
        Attachment.field != "scan",
    )
    return sa.or_(Requirement.confidential_part != "", file)


def offered() -> sa.ColumnElement[bool]:
    """Of a requirement: whether everyone is told that there is more, which can be asked for."""
    whose = sa.or_(Nda.requirement_id == Requirement.id, Nda.requirement_id.is_(None))
    agreed = sa.exists().where(Nda.round_id == Requirement.round_id, whose)
    closed = sa.exists().where(Face.requirement_id == Requirement.id, Face.opening == "closed")
    return sa.and_(Requirement.state == "published", agreed, sa.not_(closed), holds())


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who asked, or was let in; `opened` counts what they opened."""

    ref: str
    state: str
    origin: str
    words: str
    reason: str | None
    created_at: dt.datetime
    decided_at: dt.datetime | None
    name: str
    email: str
    affiliation: str
    opened: int


def readers(session: Session, requirement_id: int, limit: int = 500) -> list[Reader]:
    """Everybody who asked for a confidential part, those who wait first (one statement)."""
    opened = (
        sa.select(sa.func.count())
        .where(FaceOpening.requirement_id == requirement_id, FaceOpening.user_id == Access.user_id)
        .correlate(Access)
        .scalar_subquery()
    )
    query = (
        sa.select(
            *(Access.ref, Access.state, Access.origin, Access.words, Access.reason),
            *(Access.created_at, Access.decided_at, User.name, User.email, User.affiliation, opened),
        )
        .join(User, User.id == Access.user_id)
        .where(Access.requirement_id == requirement_id)
        .order_by(Access.state != "asked", Access.id.desc())
        .limit(limit)
    )
    return [Reader(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Given:
    """A word on a version: the name and organization that were typed, and whose account it was."""

    number: int
    own: bool
    nda_ref: str
    sha256: str
    name: str
    organization: str
    email: str | None
    accepted_at: dt.datetime


def words(session: Session, requirement_id: int, limit: int = 500) -> list[Given]:
    """Everybody's word on any version for this requirement, the newest first (one statement)."""
    query = (
        sa.select(
            *(Nda.number, Nda.requirement_id.is_not(None), Nda.ref, NdaAcceptance.sha256),
            *(NdaAcceptance.name, NdaAcceptance.organization, User.email, NdaAcceptance.accepted_at),
        )
        .join(Nda, Nda.id == NdaAcceptance.nda_id)
        .outerjoin(User, User.id == NdaAcceptance.user_id)
        .where(NdaAcceptance.requirement_id == requirement_id)
        .order_by(NdaAcceptance.id.desc())
        .limit(limit)
    )
    return [Given(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """A line of the log: who opened what, when, under which version; no file name: the text."""

    name: str | None
    email: str | None
    file_name: str | None
    sha256: str
    number: int
    own: bool
    opened_at: dt.datetime


def openings(session: Session, requirement_id: int, limit: int = 100) -> list[OpeningLine]:
    """The newest lines of the log of a confidential part (one statement)."""
    query = (
        sa.select(
            *(User.name, User.email, FaceOpening.file_name, FaceOpening.sha256),
            *(Nda.number, Nda.requirement_id.is_not(None), FaceOpening.opened_at),
        )
        .join(Nda, Nda.id == FaceOpening.nda_id)
        .outerjoin(User, User.id == FaceOpening.user_id)
        .where(FaceOpening.requirement_id == requirement_id)
        .order_by(FaceOpening.id.desc())
        .limit(limit)
    )
    return [OpeningLine(*row) for row in session.execute(query)]


def face_of(session: Session, requirement_id: int) -> tuple[str, list[str]]:
    """How it opens, and by which words the seeker is known (one statement)."""
    query = sa.select(Face.opening, Face.marks).where(Face.requirement_id == requirement_id)
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else ("decide", [])


@dataclass(frozen=True, slots=True)
class Mine:
    """A confidential part that I asked for: its requirement's public title, and where I stand."""

    requirement_ref: str
    title_zh: str | None
    title_en: str | None
    state: str
    reason: str | None
    number: int | None  # of the version that I accepted last
    nda_ref: str | None
    accepted_at: dt.datetime | None


def mine(session: Session, user_id: int, limit: int = 200) -> list[Mine]:
    """The confidential parts that somebody asked for, the newest first (one statement)."""
    newest = (
        sa.select(sa.func.max(NdaAcceptance.id))
        .where(NdaAcceptance.requirement_id == Access.requirement_id, NdaAcceptance.user_id == Access.user_id)
        .correlate(Access)
        .scalar_subquery()
    )
    query = (
        sa.select(
            *(Requirement.ref, Requirement.title_zh, Requirement.title_en, Access.state, Access.reason),
            *(Nda.number, Nda.ref, NdaAcceptance.accepted_at),
        )
        .join(Requirement, Requirement.id == Access.requirement_id)
        .outerjoin(NdaAcceptance, NdaAcceptance.id == newest)
        .outerjoin(Nda, Nda.id == NdaAcceptance.nda_id)
        .where(Access.user_id == user_id)
        .order_by(Access.id.desc())
        .limit(limit)
    )
    return [Mine(*row) for row in session.execute(query)]
