"""Files and links that a round gives to its solvers, some of them behind terms: made, removed, opened."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.files import services as files
from challenge.files.models import Blob
from challenge.files.receiving import Kept
from challenge.rounds import gate, terms
from challenge.rounds.gate import Gate
from challenge.rounds.models import Round
from challenge.rounds.programmes import TITLE
from challenge.rounds.queries import subject_of
from challenge.rounds.resource_models import Opening, Resource
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, Subject, require

MOST, NOTE, URL = 50, 500, 500
_TEXTS = {"title_zh": TITLE, "title_en": TITLE, "note_zh": NOTE, "note_en": NOTE}


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """A resource as its organizer describes it."""

    title_zh: str = ""
    title_en: str = ""
    note_zh: str = ""
    note_en: str = ""
    gated: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A resource in a list; `size` and `media_type` are of a file, `openings`: how often it was opened."""

    ref: str
    title_zh: str | None
    title_en: str | None
    note_zh: str | None
    note_en: str | None
    url: str | None
    file_name: str | None
    gated: bool
    created_at: dt.datetime
    size: int | None
    openings: int


def add_link(session: Session, actor: Actor, round_id: int, facts: ResourceFacts, url: str) -> Resource:
    """Give solvers a link; the same once more is the one that is there. Raises `InvalidMany`."""
    held = _held(session, actor, round_id)
    url = url.strip()
    faults = [*_faults(session, round_id, facts), *url_faults(url)]
    return _add(session, actor, held, facts, faults, url=url)


def add_file(session: Session, actor: Actor, round_id: int, facts: ResourceFacts, kept: Kept) -> Resource:
    """Give solvers a stored file; the same once more is the one that is there. Raises `InvalidMany`."""
    held = _held(session, actor, round_id)
    faults = _faults(session, round_id, facts)
    if not faults:
        files.store(session, [kept], held.now)
    return _add(session, actor, held, facts, faults, sha256=kept.sha256, file_name=kept.name)


def remove(session: Session, actor: Actor, round_id: int, ref: str) -> None:
    """Take a resource off the round's page; its log stays. Gone twice is gone."""
    held = _held(session, actor, round_id)
    resource = session.scalar(sa.select(Resource).where(Resource.ref == ref, Resource.round_id == round_id))
    if resource is None:
        raise NotFound
    if resource.removed_at is None:
        resource.removed_at = held.now
        _record(session, actor, held, "resource.removed", resource)


def _held(session: Session, actor: Actor, round_id: int) -> Gate:
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.RESOURCE_EDIT, subject_of(held.round, held.now))
    return held


def _add(
    session: Session,
    actor: Actor,
    held: Gate,
    facts: ResourceFacts,
    faults: list[Invalid],
    **content: str,
) -> Resource:
    if faults:
        raise InvalidMany(faults)
    texts = {name: getattr(facts, name).strip() or None for name in _TEXTS}
    values = {"round_id": held.round.id, "gated": facts.gated, **texts, **content}
    table = Resource.__table__.c
    same = [table[name].is_not_distinct_from(value) for name, value in values.items()]
    known = session.scalar(sa.select(Resource).where(*same, Resource.removed_at.is_(None)).limit(1))
    if known is not None:
        return known
    resource = Resource(**values, author_id=actor.user_id, created_at=held.now)
    session.add(resource)
    session.flush()
    _record(session, actor, held, "resource.added", resource)
    return resource


def _record(session: Session, actor: Actor, held: Gate, action: str, resource: Resource) -> None:
    held.round.version += 1
    session.flush()
    where, detail = chain.round_chain(held.round.id), {"gated": resource.gated, "sha256": resource.sha256}
    chain.record(session, actor, action, f"resource:{resource.id}", chain=where, at=held.now, **detail)


def _faults(session: Session, round_id: int, facts: ResourceFacts) -> list[Invalid]:
    faults = [
        Invalid(name, "too_long", most=most, length=len(getattr(facts, name)))
        for name, most in _TEXTS.items()
        if len(getattr(facts, name)) > most
    ]
    if not facts.title_zh.strip() and not facts.title_en.strip():
        faults.append(Invalid("title_zh", "title_needed"))
    if facts.gated and terms.in_force(session, round_id) is None:
        faults.append(Invalid("gated", "terms_missing"))
    there = sa.select(sa.func.count()).where(Resource.round_id == round_id, Resource.removed_at.is_(None))
    if (session.scalar(there) or 0) >= MOST:
        faults.append(Invalid("title_zh", "too_many_rows", most=MOST))
    return faults


def url_faults(url: str) -> list[Invalid]:
    """A link leads to a web page, by its whole address: no script, no name and password in it."""
    if len(url) > URL:
        return [Invalid("url", "too_long", most=URL, length=len(url))]
    strange = any(unicodedata.category(letter) in ("Cc", "Cf", "Zs", "Zl", "Zp") for letter in url)
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        _port = parts.port
    except ValueError:
        sound = None
    return [] if sound and not strange else [Invalid("url", "not_a_web_page")]


def listed(session: Session, round_id: int) -> list[Listed]:
    """The resources of a round, oldest first (one statement)."""
    openings = sa.select(sa.func.count()).where(Opening.resource_id == Resource.id).scalar_subquery()
    query = (
        sa.select(
            *(Resource.ref, Resource.title_zh, Resource.title_en, Resource.note_zh, Resource.note_en),
            *(Resource.url, Resource.file_name, Resource.gated, Resource.created_at, Blob.size, openings),
        )
        .outerjoin(Blob, Blob.sha256 == Resource.sha256)
        .where(Resource.round_id == round_id, Resource.removed_at.is_(None))
        .order_by(Resource.id)
    )
    return [Listed(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Opened:
    """A resource that may be opened now: a link, or a stored file."""

    url: str | None
    sha256: str | None
    size: int
    media_type: str
    file_name: str


def find(session: Session, actor: Actor, round_: Round, ref: str, subject: Subject) -> tuple[int, Opened]:
    """A resource of this round with its number, for whoever may open it; reads only.

    Raises NotFound, and `WrongState("terms_first")` while the actor has not accepted the terms in force.
    """
    require(actor, Action.RESOURCE_OPEN, subject)
    query = (
        sa.select(Resource, Blob)
        .outerjoin(Blob, Blob.sha256 == Resource.sha256)
        .where(Resource.ref == ref, Resource.round_id == round_.id, Resource.removed_at.is_(None))
    )
    row: Any = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    resource, blob = row
    if resource.gated and not terms.accepted(session, actor, round_.id):
        raise WrongState("terms_first")
    size, media_type = (0, "") if blob is None else (blob.size, blob.media_type)
    opened = Opened(resource.url, resource.sha256, size, media_type, resource.file_name or "")
    return resource.id, opened


def log(session: Session, actor: Actor, resource_id: int) -> None:
    """Write down that somebody opens it, before they get it."""
    session.add(Opening(resource_id=resource_id, user_id=actor.user_id, opened_at=clock.now(session)))
    session.flush()


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """A line of the log: what was opened, by whom, when; no name where nobody was signed in."""

    title_zh: str | None
    title_en: str | None
    name: str | None
    email: str | None
    opened_at: dt.datetime


def openings(session: Session, round_id: int, limit: int = 50) -> list[OpeningLine]:
    """The newest lines of the log of a round's resources, also of removed ones."""
    query = (
        sa.select(Resource.title_zh, Resource.title_en, User.name, User.email, Opening.opened_at)
        .join(Resource, Resource.id == Opening.resource_id)
        .outerjoin(User, User.id == Opening.user_id)
        .where(Resource.round_id == round_id)
        .order_by(Opening.id.desc())
        .limit(limit)
    )
    return [OpeningLine(*row) for row in session.execute(query)]
