"""The public register of brokers: who holds the role or a certificate, and wants to be listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import brokers
from challenge.accounts.models import RoleGrant, User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.clock import db_now
from challenge.base.db import begin_write
from challenge.distribution.models import Care
from challenge.docking.models import Docking, DockingPair
from challenge.requirements.models import FIELDS
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.regions import PROVINCES
from challenge.rules.training import LEVELS
from challenge.training.models import Certificate, CertificateHolder, RegisterEntry

NAME, ORGANIZATION = 100, 100
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What somebody wants to be read of them."""

    name: str
    organization: str = ""
    region: str = ""
    fields: Sequence[str] = ()
    languages: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed by; empty: by nothing."""

    field: str = ""
    region: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate beside a name: its number and level."""

    number: str
    level: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One broker as everyone reads them. `needs`: in their hands now; `meetings`: planned by them, held."""

    user_id: int
    name: str
    organization: str
    region: str | None
    fields: list[str]
    languages: list[str]
    appointed: bool
    needs: int
    meetings: int
    certificates: tuple[Held, ...] = ()


def join(session: Session, actor: Actor, given: EntryFacts) -> RegisterEntry:
    """List me, or change what my line says. Raises `InvalidMany`, WrongState for whoever is no broker."""
    require(actor, Action.ACCOUNT_USE)
    begin_write(session)
    assert actor.user_id is not None
    if not may_join(session, actor.user_id):
        raise WrongState("not_a_broker")
    _check(given)
    now = clock.now(session)
    values = {
        "name": " ".join(given.name.split()),
        "organization": " ".join(given.organization.split()),
        "region": given.region or None,
        "fields": [each for each in FIELDS if each in given.fields],
        "languages": [each for each in LANGUAGES if each in given.languages],
    }
    entry = session.get(RegisterEntry, actor.user_id, with_for_update=True)
    if entry is not None and all(getattr(entry, name) == value for name, value in values.items()):
        return entry
    action = "register.joined" if entry is None else "register.edited"
    if entry is None:
        entry = RegisterEntry(user_id=actor.user_id, created_at=now)
        session.add(entry)
    for name, value in values.items():
        setattr(entry, name, value)
    entry.updated_at = now
    session.flush()
    chain.record(session, actor, action, f"user:{actor.user_id}", at=now)
    return entry


def leave(session: Session, actor: Actor) -> None:
    """List me no more: the line is gone at once, and nothing of it is kept. Twice is once."""
    require(actor, Action.ACCOUNT_USE)
    begin_write(session)
    mine = sa.delete(RegisterEntry).where(RegisterEntry.user_id == (actor.user_id or 0))
    if session.scalars(mine.returning(RegisterEntry.user_id)).first() is None:
        return
    chain.record(session, actor, "register.left", f"user:{actor.user_id}")


def entry_of(session: Session, user_id: int) -> RegisterEntry | None:
    """Somebody's line, whether it is shown or not (one statement)."""
    return session.scalar(sa.select(RegisterEntry).where(RegisterEntry.user_id == user_id))


def may_join(session: Session, user_id: int) -> bool:
    """Whether somebody is a broker of a programme, or holds a certificate that is valid (one statement)."""
    person = sa.select(User.id).where(User.id == user_id, sa.or_(_appointed(), _certified()))
    return session.scalar(person) is not None


def page(session: Session, wanted: Wanted, *, after: int | None = None, limit: int = 50) -> list[Listed]:
    """Who is listed, the newest account first (two statements); `after`: the last of the page before.

    Whoever is no broker any more, and holds no valid certificate, is not shown.
    """
    where: list[sa.ColumnElement[bool]] = [User.active.is_(True), sa.or_(_appointed(), _certified())]
    if wanted.field in FIELDS:
        # A list of codes of ours alone, so a code in quotes is found in its text.
        where.append(sa.cast(RegisterEntry.fields, sa.Text).contains(f'"{wanted.field}"', autoescape=True))
    if wanted.region in PROVINCES:
        where.append(sa.func.substr(RegisterEntry.region, 1, 2) == wanted.region[:2])
    if wanted.level in LEVELS:
        where.append(_certified(wanted.level))
    if after is not None:
        where.append(RegisterEntry.user_id < after)
    query = (
        sa.select(
            *(RegisterEntry.user_id, RegisterEntry.name, RegisterEntry.organization, RegisterEntry.region),
            *(RegisterEntry.fields, RegisterEntry.languages, _appointed(), _needs(), _meetings()),
        )
        .join(User, User.id == RegisterEntry.user_id)
        .where(*where)
        .order_by(RegisterEntry.user_id.desc())
        .limit(limit)
    )
    rows: list[Any] = list(session.execute(query))
    held = _held(session, [row[0] for row in rows])
    return [replace(Listed(*row), certificates=held.get(row[0], ())) for row in rows]


def _appointed() -> sa.ColumnElement[bool]:
    role = (RoleGrant.role == brokers.ROLE, RoleGrant.scope == brokers.SCOPE)
    return sa.exists().where(RoleGrant.user_id == User.id, *role).correlate(User)


def _valid() -> tuple[sa.ColumnElement[bool], ...]:
    lasting = sa.or_(Certificate.valid_until.is_(None), Certificate.valid_until > db_now())
    return (Certificate.revoked_at.is_(None), lasting)


def _certified(level: str = "") -> sa.ColumnElement[bool]:
    query = (
        sa.select(Certificate.id)
        .join(CertificateHolder, CertificateHolder.certificate_id == Certificate.id)
        .where(CertificateHolder.user_id == User.id, *_valid())
    )
    return (query.where(Certificate.level == level) if level else query).correlate(User).exists()


def _needs() -> sa.ScalarSelect[int]:
    """Needs that are in their hands now: claimed, and neither given back nor passed on."""
    mine = (Care.broker_id == RegisterEntry.user_id, Care.state == "claimed")
    count = sa.select(sa.func.count(sa.distinct(Care.requirement_id))).where(*mine)
    return count.correlate(RegisterEntry).scalar_subquery()


def _meetings() -> sa.ScalarSelect[int]:
    """Meetings that they planned themselves for needs that they had claimed, and that took place."""
    cared = sa.exists().where(
        Care.requirement_id == DockingPair.requirement_id,
        Care.broker_id == RegisterEntry.user_id,
        Care.state.in_(("claimed", "passed_on")),
    )
    count = (
        sa.select(sa.func.count(Docking.id))
        .join(DockingPair, DockingPair.id == Docking.pair_id)
        .where(Docking.author_id == RegisterEntry.user_id, Docking.state == "held", cared)
    )
    return count.correlate(RegisterEntry).scalar_subquery()


def _held(session: Session, people: Sequence[int]) -> dict[int, tuple[Held, ...]]:
    query = (
        sa.select(CertificateHolder.user_id, Certificate.number, Certificate.level)
        .join(Certificate, Certificate.id == CertificateHolder.certificate_id)
        .where(CertificateHolder.user_id.in_(people), *_valid())
        .order_by(Certificate.id)
    )
    found: dict[int, tuple[Held, ...]] = {}
    for user_id, number, level in session.execute(query):
        found[user_id] = (*found.get(user_id, ()), Held(number, level))
    return found


def _check(given: EntryFacts) -> None:
    faults = [] if given.name.strip() else [Invalid("name", "required")]
    for name, most in (("name", NAME), ("organization", ORGANIZATION)):
        if len(text := getattr(given, name).strip()) > most:
            faults.append(Invalid(name, "too_long", most=most, length=len(text)))
    if given.region and given.region not in PROVINCES:
        faults.append(Invalid("region", "not_a_choice"))
    for name, known in (("fields", FIELDS), ("languages", LANGUAGES)):
        if set(getattr(given, name)) - set(known):
            faults.append(Invalid(name, "not_a_choice"))
    if faults:
        raise InvalidMany(faults)
