"""Reads of achievements: the public face column by column, the owner's own, the confidential part alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import Organization, User
from challenge.base.db import begin_write
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.supply.models import Achievement, AchievementOpening, Expert

# A profile that is for more than judging: what is said in it reaches others.
CONSENTED = sa.or_(Expert.listed, Expert.matched, Expert.mailed)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of achievements is narrowed to; '' and None leave it wide."""

    field: str = ""
    mode: str = ""
    region: str = ""
    trl: int | None = None  # at least


@dataclass(frozen=True, slots=True)
class Line:
    """One published achievement in a list."""

    id: int
    ref: str
    title_zh: str | None
    title_en: str | None
    summary_zh: str | None
    summary_en: str | None
    field: str | None
    keywords: list[str]
    trl: int | None
    ip_status: str | None
    modes: list[str]
    price_minor: int | None
    currency: str
    region: str | None
    published_at: dt.datetime | None
    confirmed_at: dt.datetime
    owner_zh: str | None
    owner_en: str | None


_LINE = (
    Achievement.id,
    Achievement.ref,
    Achievement.title_zh,
    Achievement.title_en,
    Achievement.summary_zh,
    Achievement.summary_en,
    Achievement.field,
    Achievement.keywords,
    Achievement.trl,
    Achievement.ip_status,
    Achievement.modes,
    Achievement.price_minor,
    Achievement.currency,
    Achievement.region,
    Achievement.published_at,
    Achievement.confirmed_at,
    sa.func.coalesce(Organization.name, User.name),
    sa.func.coalesce(Organization.name_en, Organization.name, User.name),
)


def owner_subject(organization_id: int | None, person_id: int | None) -> Subject:
    """The facts of an achievement that is still to be written."""
    return Subject(kind="achievement", host_id=organization_id, owner_id=person_id)


def subject_of(achievement: Achievement, opened_to: frozenset[int] = frozenset()) -> Subject:
    """The facts of an achievement that the permission table asks for."""
    return Subject(
        kind="achievement",
        state=achievement.state,
        public=achievement.state == "published",
        host_id=achievement.organization_id,
        owner_id=achievement.person_id,
        opened_to=opened_to,
    )


def held(session: Session, ref: str) -> Achievement:
    """One achievement, locked for a change; raises NotFound."""
    begin_write(session)
    query = sa.select(Achievement).where(Achievement.ref == ref).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def by_ref(session: Session, ref: str) -> Achievement:
    """One achievement with its owner (one statement); raises NotFound."""
    owners = (joinedload(Achievement.organization), joinedload(Achievement.person))
    found = session.scalar(sa.select(Achievement).where(Achievement.ref == ref).options(*owners))
    if found is None:
        raise NotFound
    return found


def detail(session: Session, achievement_id: int) -> str:
    """The confidential part alone; the caller has asked who may."""
    return session.scalar(sa.select(Achievement.detail).where(Achievement.id == achievement_id)) or ""


def openings(session: Session, achievement_id: int) -> Sequence[AchievementOpening]:
    """To whom the confidential part is open, the oldest first (one statement)."""
    mine = AchievementOpening.achievement_id == achievement_id
    query = sa.select(AchievementOpening).where(mine)
    return session.scalars(query.order_by(AchievementOpening.created_at, AchievementOpening.email)).all()


def readers(session: Session, achievement_id: int) -> frozenset[int]:
    """Who owns an address that it was opened to (one statement)."""
    query = sa.select(User.id).join(AchievementOpening, AchievementOpening.email == User.email)
    mine = AchievementOpening.achievement_id == achievement_id
    return frozenset(session.scalars(query.where(mine, User.active, User.confirmed_at.is_not(None))))


def confidential(session: Session, actor: Actor, achievement: Achievement) -> str:
    """The confidential part, to whoever may read it (two statements)."""
    subject = subject_of(achievement, readers(session, achievement.id))
    require(actor, Action.ACHIEVEMENT_READ_CONFIDENTIAL, subject)
    return detail(session, achievement.id)


def public_lines(
    session: Session, filters: Filters | None = None, after: int | None = None, limit: int = 20
) -> list[Line]:
    """Published achievements, newest first (one statement); `after` is the last id of the page before."""
    query = lines().where(Achievement.state == "published")
    asked = filters or Filters()
    if asked.field:
        query = query.where(Achievement.field == asked.field)
    if asked.mode:
        modes = sa.cast(Achievement.modes, sa.Text)
        query = query.where(modes.contains(f'"{asked.mode}"', autoescape=True))
    if asked.region:
        query = query.where(Achievement.region == asked.region)
    if asked.trl is not None:
        query = query.where(Achievement.trl >= asked.trl)
    if after is not None:
        query = query.where(Achievement.id < after)
    return [Line(*row) for row in session.execute(query.order_by(Achievement.id.desc()).limit(limit))]


def one_line(session: Session, achievement_id: int) -> Line:
    """The public columns of one achievement (one statement); the caller has asked who may."""
    return Line(*session.execute(lines().where(Achievement.id == achievement_id)).one())


def lines() -> sa.Select[*tuple[Any, ...]]:
    """The public columns of achievements, with the name of their owner."""
    return (
        sa.select(*_LINE)
        .outerjoin(Organization, Organization.id == Achievement.organization_id)
        .outerjoin(User, User.id == Achievement.person_id)
    )


def mine(session: Session, actor: Actor) -> Sequence[Achievement]:
    """Those of the actor and of the organizations that they speak for, newest first (one statement)."""
    own = sa.or_(
        Achievement.person_id == (actor.user_id or 0), Achievement.organization_id.in_(actor.represents)
    )
    query = sa.select(Achievement).where(own).options(joinedload(Achievement.organization))
    return session.scalars(query.order_by(Achievement.id.desc()).limit(500)).all()


@dataclass(frozen=True, slots=True)
class Stale:
    """Something on offer that was last confirmed long ago; a profile has no title."""

    title_zh: str | None
    title_en: str | None
    confirmed_at: dt.datetime


def stale(session: Session, actor: Actor, before: dt.datetime, limit: int = 8) -> list[Stale]:
    """Of the actor: published achievements and a consented profile not confirmed since (one statement)."""
    own = sa.or_(
        Achievement.person_id == (actor.user_id or 0), Achievement.organization_id.in_(actor.represents)
    )
    offered = sa.select(Achievement.title_zh, Achievement.title_en, Achievement.confirmed_at)
    offered = offered.where(own, Achievement.state == "published", Achievement.confirmed_at < before)
    nothing = sa.null().label("title")
    profile = sa.select(sa.cast(nothing, sa.Text), sa.cast(nothing, sa.Text), Expert.confirmed_at)
    profile = profile.where(Expert.user_id == (actor.user_id or 0), CONSENTED, Expert.confirmed_at < before)
    both = sa.union_all(offered, profile).subquery()
    rows = session.execute(sa.select(both).order_by(both.c.confirmed_at).limit(limit))
    return [Stale(*row) for row in rows]
