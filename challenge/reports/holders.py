"""Who holds which role for what, with the names of the things."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, RoleGrant, User
from challenge.judging.models import Phase
from challenge.rounds.models import Programme, Round


@dataclass(frozen=True, slots=True)
class Thing:
    """What a role is held for."""

    name_zh: str | None = None
    name_en: str | None = None
    slug: str = ""
    number: int | None = None  # of a phase


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds."""

    id: int
    role: str
    scope: str
    scope_id: int
    until_at: dt.datetime | None
    created_at: dt.datetime
    ref: str
    name: str
    email: str
    thing: Thing


def held(session: Session, role: str, text: str, after: int | None, limit: int) -> list[Held]:
    """Roles, newest first; of one kind, or of people whose name or address holds the text. 4 statements."""
    query = _all().order_by(RoleGrant.id.desc()).limit(limit)
    if role:
        query = query.where(RoleGrant.role == role)
    if text:
        found = (User.name.icontains(text, autoescape=True), User.email.icontains(text, autoescape=True))
        query = query.where(sa.or_(*found))
    if after is not None:
        query = query.where(RoleGrant.id < after)
    return _named(session, session.execute(query).all())


def of_person(session: Session, user_id: int) -> list[Held]:
    """What somebody holds, oldest first; 4 statements."""
    query = _all().where(RoleGrant.user_id == user_id).order_by(RoleGrant.id)
    return _named(session, session.execute(query).all())


def administrators(session: Session) -> Sequence[User]:
    """The platform's administrators, by name."""
    return session.scalars(sa.select(User).where(User.admin).order_by(User.name, User.id)).all()


def _all() -> sa.Select[RoleGrant, User]:
    return sa.select(RoleGrant, User).join(User, User.id == RoleGrant.user_id)


def _named(session: Session, rows: Sequence[sa.Row[RoleGrant, User]]) -> list[Held]:
    ids: dict[str, set[int]] = {"organization": set(), "programme": set(), "phase": set()}
    for grant, _person in rows:
        ids.setdefault(grant.scope, set()).add(grant.scope_id)
    things = {
        "organization": _organizations(session, ids["organization"]),
        "programme": _programmes(session, ids["programme"]),
        "phase": _phases(session, ids["phase"]),
    }
    return [
        Held(
            *(grant.id, grant.role, grant.scope, grant.scope_id, grant.until_at, grant.created_at),
            *(person.ref, person.name, person.email),
            things.get(grant.scope, {}).get(grant.scope_id, Thing()),
        )
        for grant, person in rows
    ]


def _organizations(session: Session, ids: Iterable[int]) -> dict[int, Thing]:
    query = sa.select(Organization.id, Organization.name, Organization.name_en, Organization.ref)
    rows = session.execute(query.where(Organization.id.in_(ids)))
    return {key: Thing(name, name_en, ref) for key, name, name_en, ref in rows}


def _programmes(session: Session, ids: Iterable[int]) -> dict[int, Thing]:
    query = sa.select(Programme.id, Programme.title_zh, Programme.title_en, Programme.slug)
    rows = session.execute(query.where(Programme.id.in_(ids)))
    return {key: Thing(zh, en, slug) for key, zh, en, slug in rows}


def _phases(session: Session, ids: Iterable[int]) -> dict[int, Thing]:
    query = sa.select(Phase.id, Round.title_zh, Round.title_en, Round.slug, Phase.number)
    rows = session.execute(query.join(Round, Round.id == Phase.round_id).where(Phase.id.in_(ids)))
    return {key: Thing(zh, en, slug, number) for key, zh, en, slug, number in rows}
